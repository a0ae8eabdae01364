import { type Lint, lintOf } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import { minutesBetween, nextAt } from '../../schedule/calendar.ts';
import { nextTurn } from '../../schedule/cron.ts';
import type { ConfigFile, FlowFile } from '../cross-check.ts';

/** From a start in the evening to a deadline of the next day it is less. */
const LONGEST_MINUTES = 18 * 60;
/** Any day will do: turns and deadlines are times on the wall. */
const SOME_DAY = '2026-09-01T00:00';

/** Times that can be and are hardly meant. */
export function oddTimes(
  { config, yaml }: ConfigFile,
  flows: readonly FlowFile[],
): readonly Lint[] {
  const at = { file: yaml.file, ...yaml.at(['timeZone']), code: 'CONFIG_TIME_ZONE' };
  const isOfPlace = /^(?!Etc\/)[A-Za-z_]+\//.test(config.timeZone);
  const zone = isOfPlace
    ? []
    : [lintOf(at, saying('zoneOfNoCity', { name: config.timeZone }), saying('timeZoneHint', {}))];
  return [...zone, ...flows.flatMap((one) => [...lateDeadline(one), ...swappedDelays(one)])];
}

/** A first delay that the longest one cuts short; what is not written is the usual. */
function swappedDelays({ flow, yaml }: FlowFile): readonly Lint[] {
  // SAFETY: a flow's file that is no object has been refused.
  const { delivery } = yaml.value as JsonObject;
  const { firstDelay, maxDelay }: { firstDelay?: Json; maxDelay?: Json } = isObject(delivery)
    ? delivery
    : {};
  const { firstDelayMs, maxDelayMs } = flow.delivery;
  if (firstDelay === undefined || maxDelay === undefined || firstDelayMs <= maxDelayMs) return [];
  const place = yaml.at(['delivery', 'firstDelay']);
  const at = { file: flow.file, ...place, code: 'FLOW_DURATION' };
  const said = saying('delaysSwapped', { most: String(maxDelay) });
  return [lintOf(at, said, saying('delaysSwappedHint', {}))];
}

/** A deadline that is due a day after the start: it was meant to be after it, and is before. */
function lateDeadline({ flow, yaml }: FlowFile): readonly Lint[] {
  const { schedule, deadline } = flow;
  const turn = schedule === null ? null : nextTurn(schedule, SOME_DAY);
  if (turn === null || deadline === null) return [];
  const minutes = minutesBetween(turn, nextAt(turn, deadline));
  if (minutes <= LONGEST_MINUTES) return [];
  const time = turn.slice('YYYY-MM-DDT'.length);
  const said = saying('deadlineBefore', { deadline, time, hours: Math.floor(minutes / 60) });
  const place = { file: flow.file, ...yaml.at(['deadline']), code: 'FLOW_DEADLINE' };
  return [lintOf(place, said, saying('deadlineBeforeHint', {}))];
}
