import type { PlannedChanges, Run } from '../store/run-store.ts';
import type { Store } from '../store/store.ts';
import type { DayCounts } from './plan-guard.ts';

/** So many days of one weekday are looked at. */
const MOST_DAYS = 8;

/** What a weekday usually brings is known from so many weeks, and from so many runs of each. */
const WEEKS = 8;
const MOST_RUNS = 5000;
const DAY_MS = 86_400_000;

/** Good runs of the same weekday in the weeks before an instant, and of the days beside it. */
export async function runsAround(
  subject: string,
  now: number,
  { runs }: Pick<Store, 'runs'>,
): Promise<readonly Run[]> {
  const found: Run[] = [];
  for (let week = 1; week <= WEEKS; week++) {
    const day = now - week * 7 * DAY_MS;
    const between = { from: day - DAY_MS, until: day + DAY_MS };
    found.push(...(await runs.list({ subject, outcome: 'done', ...between, limit: MOST_RUNS })));
  }
  return found;
}

/** The same without its days: what a plan is judged by. */
export function weekdayHabit(...about: Parameters<typeof weekdaysBefore>): readonly DayCounts[] {
  return weekdaysBefore(...about).map(({ kinds }) => kinds);
}

/**
 * What good runs to a target changed on earlier days of today's weekday, newest first; of a day
 * with many runs the most of each.
 */
export function weekdaysBefore(
  runs: readonly Run[],
  target: string,
  today: string,
  dateOf: (epochMs: number) => string,
): readonly { readonly day: string; readonly kinds: DayCounts }[] {
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
  return [...days].slice(0, MOST_DAYS).map(([day, kinds]) => ({ day, kinds }));
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
