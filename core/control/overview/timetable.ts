import { wallClockIn } from '../../schedule/calendar.ts';
import { nextTurn } from '../../schedule/cron.ts';
import { type Pause, pausesOf } from '../../schedule/pauses.ts';
import type { Looking } from '../looking.ts';

/** So many turns are told ahead. */
const TURNS = 3;

/** When a flow runs by itself. */
export interface ScheduledFlow {
  readonly flow: string;
  readonly module: string;
  /** Its cron expression; null: by hand or by a doorbell. */
  readonly schedule: string | null;
  /** Time of day by which it is to be done, `HH:MM`. */
  readonly deadline: string | null;
  /** The next ones on the clock on the wall, `YYYY-MM-DDTHH:MM`, were it not paused. */
  readonly turns: readonly string[];
  readonly pause: Pause | null;
}

export async function timetable({
  store,
  outline,
  now,
}: Looking): Promise<readonly ScheduledFlow[]> {
  const { flows, timeZone } = outline;
  const wall = wallClockIn(timeZone, now());
  const pauses = await pausesOf(
    store,
    flows.map(({ name }) => name),
  );
  return flows.map(({ name: flow, to: module, schedule, deadline }) => {
    const turns = schedule === null ? [] : turnsAfter(schedule, wall);
    return { flow, module, schedule, deadline, turns, pause: pauses.get(flow) ?? null };
  });
}

function turnsAfter(schedule: string, wall: string): readonly string[] {
  const turns: string[] = [];
  for (let from: string | null = wall; from !== null && turns.length < TURNS; ) {
    from = nextTurn(schedule, from);
    if (from !== null) turns.push(from);
  }
  return turns;
}
