import type { Flow } from '../../flow/compiled.ts';
import { holdOf } from '../../guard/holds.ts';
import { runsAround, weekdaysBefore } from '../../guard/weekday-habit.ts';
import { type Engine, targetOfFlow, todayOf } from '../../run/engine.ts';
import { dateIn } from '../../schedule/calendar.ts';
import { type Hold, subjectIn } from '../../store/run-store.ts';
import type { HeldChanges, PlanRequest } from '../requests.ts';

const MOST_DAYS = 4;

/** What helps to decide about a hold. */
export interface HoldBackground {
  /** What its flow planned on the last of the same weekday, newest first; of a source none. */
  readonly days: readonly UsualDay[];
  /** The planned windows of its guards that are open or to come. */
  readonly windows: readonly PlannedWindow[];
  /** The file in which windows are written. */
  readonly file: string;
}

/** One day's changes. */
export interface UsualDay {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** So many are created, updated, deleted, replaced. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Days on which much is meant to change, from `from` to `to`, both `YYYY-MM-DD`. */
export interface PlannedWindow {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly isOpen: boolean;
}

/** What can be looked at before a hold is decided. */
export interface HoldLooks {
  /** What a held plan would change; null if no such hold is undecided, or it holds no plan. */
  heldChanges(id: string, request: Omit<PlanRequest, 'flow'>): Promise<HeldChanges | null>;
  /** What is usual on its weekday, and what was planned; null if there is no such hold. */
  holdBackground(id: string): Promise<HoldBackground | null>;
}

export async function holdBackground(engine: Engine, id: string): Promise<HoldBackground | null> {
  const hold = await holdOf(engine.store, id);
  if (hold === null) return null;
  const today = todayOf(engine);
  const flow = engine.workspace.flows.find(({ name }) => name === subjectIn(hold, 'flow'));
  const { windows, file } = plannedFor(engine, hold, flow);
  const told = windows
    .filter(({ to }) => to >= today)
    .map(({ from, to, reason }) => ({ from, to, reason, isOpen: from <= today }));
  const days = flow === undefined ? [] : await usualDays(engine, hold, flow);
  return { days, windows: told, file };
}

function plannedFor({ workspace }: Engine, hold: Hold, flow: Flow | undefined) {
  if (flow !== undefined) return { windows: flow.guards.windows, file: flow.file };
  const source = subjectIn(hold, 'intake') ?? '';
  const { windows = [] } = workspace.config.sources.get(source)?.guards ?? {};
  return { windows, file: 'config/' };
}

async function usualDays(engine: Engine, hold: Hold, flow: Flow): Promise<readonly UsualDay[]> {
  const { workspace, store } = engine;
  const dateOf = (at: number) => dateIn(workspace.config.timeZone, at);
  const runs = await runsAround(flow.name, hold.createdAt, store);
  const { name } = targetOfFlow(engine, flow);
  const days = weekdaysBefore(runs, name, dateOf(hold.createdAt), dateOf).slice(0, MOST_DAYS);
  return days.map(({ day, kinds }) => {
    const counts: Record<string, number> = {};
    for (const changes of Object.values(kinds)) {
      for (const [action, count] of Object.entries(changes)) {
        counts[action] = (counts[action] ?? 0) + count;
      }
    }
    return { day, counts };
  });
}
