import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import type { FlowOutline } from '../../flow/known/outline.ts';
import { minutesBetween, nextAt, sayTime, wallClockIn } from '../../schedule/calendar.ts';
import { latestTurn } from '../../schedule/cron.ts';
import { pausesOf } from '../../schedule/pauses.ts';
import { type Run, tookMs } from '../../store/run-store.ts';
import { DONE } from '../due-turns.ts';
import type { Looking } from '../looking.ts';

const DAY_MS = 86_400_000;
/** What a run usually takes is known from so many days. */
const USUAL_DAYS = 14;
const MOST_RUNS = 5000;

/** Flows whose run of the latest turn has missed its deadline, or will. */
export async function lateFlows(looking: Looking): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const flow of looking.outline.flows) {
    const late = await lateness(looking, flow);
    if (late !== null) found.push(late);
  }
  return found;
}

async function lateness(
  { store, outline, now }: Looking,
  { name, schedule, deadline }: FlowOutline,
): Promise<Finding | null> {
  const { timeZone } = outline;
  const wall = wallClockIn(timeZone, now());
  const turn = schedule === null ? null : latestTurn(schedule, wall);
  // Where nothing has been scheduled yet, nothing is late.
  if (deadline === null || turn === null || (await DONE.read(store, name)) === null) {
    return null;
  }
  const from = now() - USUAL_DAYS * DAY_MS;
  const runs = await store.runs.list({ subject: name, type: 'flow', from, limit: MOST_RUNS });
  const ofTurn = runs.filter((run) => wallClockIn(timeZone, run.startedAt) >= turn);
  if (ofTurn.some(({ outcome }) => outcome === 'done')) return null;
  const due = nextAt(turn, deadline);
  const about = { name: `${name} ${turn}`, subject: `flow ${name}` };
  if (wall >= due) {
    const said = saying('deadlineMissed', { flow: name, due: due.replace('T', ' ') });
    return finding({ kind: 'late', ...about }, 'DEADLINE_MISSED', said);
  }
  const usual = usualMinutes(runs, timeZone);
  const running = ofTurn.find(({ outcome }) => outcome === 'running');
  // One that waits for others is as good as not begun.
  const begun =
    running?.waitedMs === undefined
      ? wall
      : wallClockIn(timeZone, running.startedAt + running.waitedMs);
  if (usual === null || minutesBetween(begun, due) >= usual) return null;
  const said = saying('deadlineAtRisk', { flow: name, due: due.replace('T', ' '), usual });
  return finding({ kind: 'at risk', ...about }, 'DEADLINE_AT_RISK', said);
}

/** Nobody may forget a pause: what is newly protected stays in the target as long as it lasts. */
export async function pausedFlows({ store, outline }: Looking): Promise<readonly Finding[]> {
  const names = outline.flows.map(({ name }) => name);
  return [...(await pausesOf(store, names)).values()].map(({ flow, who, at }) => {
    const since = sayTime(outline.timeZone, at);
    const said = saying('flowPaused', { flow, who, since });
    const about = { name: `${flow} ${at}`, subject: `flow ${flow}` };
    return finding({ kind: 'pause', ...about }, 'FLOW_PAUSED', said);
  });
}

/** Values that wait for another person before they count, by target. */
export async function waitingOverrides({ store }: Looking): Promise<readonly Finding[]> {
  const open = await store.overrides.list({ isOpen: true });
  const counts = new Map<string, number>();
  for (const { target, approvals, needs } of open) {
    if (approvals.length < needs) counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  return [...counts].map(([target, count]) => {
    const said = saying('overridesWait', { count, target });
    return finding({ kind: 'override', name: target, subject: target }, 'OVERRIDE_WAITS', said);
  });
}

const MINUTE_MS = 60_000;

/**
 * Minutes that the longest good run of a day takes by itself, in the middle of the days; null where
 * there is none. The others are what somebody rang for.
 */
export function usualMinutes(runs: readonly Run[], timeZone: string): number | null {
  const longest = new Map<string, number>();
  for (const run of runs) {
    const took = tookMs(run);
    if (run.outcome !== 'done' || took === null) continue;
    const minutes = took / MINUTE_MS;
    const day = wallClockIn(timeZone, run.startedAt).slice(0, 10);
    longest.set(day, Math.max(minutes, longest.get(day) ?? 0));
  }
  const sorted = [...longest.values()].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  return middle === undefined ? null : Math.ceil(middle);
}
