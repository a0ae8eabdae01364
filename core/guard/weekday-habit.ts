import type { PlannedChanges, Run } from '../store/run-store.ts';
import type { DayCounts } from './plan-guard.ts';

/** So many days of one weekday are looked at. */
const MOST_DAYS = 8;

/**
 * What good runs to a target changed on earlier days of today's weekday, newest first; of a day
 * with many runs the most of each.
 */
export function weekdayHabit(
  runs: readonly Run[],
  target: string,
  today: string,
  dateOf: (epochMs: number) => string,
): readonly DayCounts[] {
  const days = new Map<string, Record<string, PlannedChanges>>();
  for (const { startedAt, planned } of runs) {
    const date = dateOf(startedAt);
    if (planned?.target !== target || date === today) continue;
    if (weekday(date) !== weekday(today)) continue;
    const day = days.get(date) ?? {};
    days.set(date, day);
    for (const [kind, changes] of Object.entries(planned.kinds)) {
      day[kind] = most(day[kind] ?? changes, changes);
    }
  }
  return [...days.values()].slice(0, MOST_DAYS);
}

function most(one: PlannedChanges, other: PlannedChanges): PlannedChanges {
  return {
    create: Math.max(one.create, other.create),
    update: Math.max(one.update, other.update),
    delete: Math.max(one.delete, other.delete),
    replace: Math.max(one.replace, other.replace),
  };
}

function weekday(date: string): number {
  return new Date(`${date}T12:00:00Z`).getUTCDay();
}
