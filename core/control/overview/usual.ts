import { wallClockIn } from '../../schedule/calendar.ts';
import { type Run, tookMs } from '../../store/run-store.ts';

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
