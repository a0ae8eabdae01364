import { setTimeout as sleepMs } from 'node:timers/promises';
import { silentLog } from '../../core/log/log.ts';
import { type Context, type Inbox, sharedPaces } from '../../core/plugin.ts';

const EMPTY_INBOX: Inbox = {
  after: async function* () {},
  newest: async () => 0,
  empty: async () => undefined,
  silent: async function* () {},
  forget: async () => undefined,
};

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
    inbox: EMPTY_INBOX,
    folder,
    scratch: folder,
    layout: async () => undefined,
    objectSchema: () => ({}),
  };
}
