import { setTimeout as sleepMs } from 'node:timers/promises';
import { silentLog } from '../../core/log/log.ts';
import { type Context, sharedPaces } from '../../core/plugin.ts';

/** The world as a connector may know it, in this folder. */
export function testContext(folder: string): Context {
  return {
    now: Date.now,
    today: () => new Date().toISOString().slice(0, 10),
    sleep: async (ms, signal) => {
      await sleepMs(ms, undefined, signal === undefined ? {} : { signal });
    },
    fetch,
    paceOf: sharedPaces(),
    log: silentLog,
    folder,
    scratch: folder,
    layout: async () => undefined,
    objectSchema: () => ({}),
  };
}
