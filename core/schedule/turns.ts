import { schedule } from 'node-cron';

/** A turn that comes round by a cron expression, until it is stopped. */
export interface Turns {
  stop(): void;
}

/**
 * Calls `turn` at each time of the expression in the zone; a turn that still runs is not doubled.
 */
export function scheduleTurns(
  expression: string,
  timeZone: string,
  turn: () => Promise<void>,
): Turns {
  const task = schedule(expression, turn, { timezone: timeZone, noOverlap: true });
  return { stop: () => void task.stop() };
}
