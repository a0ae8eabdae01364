import { schedule } from 'node-cron';

/** Something that comes round until it is stopped. */
export interface Turns {
  stop(): void;
}

/** Calls `tick` at each time of the expression, unless the last one is still under way. */
export function scheduleTurns(expression: string, tick: () => Promise<void>): Turns {
  let isUnderWay = false;
  const task = schedule(expression, async () => {
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      await tick();
    } finally {
      isUnderWay = false;
    }
  });
  return { stop: () => void task.stop() };
}
