import { holdOf } from '../guard/holds.ts';
import { type Message, TROUBLED } from '../message/message.ts';
import type { MessageFilter } from '../store/message-store.ts';
import type { AuditRecord } from '../store/run-store.ts';
import { checkChain } from '../store/shared/audit-chain.ts';
import type { Store } from '../store/store.ts';
import type { FailureFilter, Records } from './control-bus.ts';
import { causeOf, findBlockages, withoutWaiting } from './failed/blockages.ts';
import { workersOf } from './overview/workers.ts';

export function recordsIn(store: Store, now: () => number = Date.now): Records {
  const { runs, messages } = store;
  return {
    runs: (limit, subject) => runs.list(subject === undefined ? { limit } : { limit, subject }),
    failureGroups: () => messages.summary(),
    blockages: () => findBlockages(messages),
    causeOf: (message) => causeOf(messages, message),
    failures: (filter) => failures(store, filter),
    failure: async (id) => (await messages.get([id]))[0] ?? null,
    ending: async (id) => (await messages.ended([id]))[0] ?? null,
    holds: (state) => runs.holds(state === undefined ? {} : { state }),
    hold: (id) => holdOf(store, id),
    auditTrail: (limit, of) => runs.auditTrail(limit, of),
    auditExport: (who) => auditExport(store, who, now),
    workers: () => workersOf(store, now),
    checkAudit: (noted) => checkChain(runs.auditScan(), noted),
  };
}

async function* auditExport(
  { runs }: Store,
  who: string,
  now: () => number,
): AsyncGenerator<readonly AuditRecord[]> {
  await runs.audit({ at: now(), who, action: 'export audit', subject: '', reason: '' });
  yield* runs.auditScan();
}

async function failures(
  { messages }: Store,
  { target, code, limit }: FailureFilter,
): Promise<readonly Message[]> {
  const scan: MessageFilter = {
    state: TROUBLED,
    ...(target === undefined ? {} : { target }),
    ...(code === undefined ? {} : { code }),
  };
  const found: Message[] = [];
  for await (const batch of messages.scan(scan)) {
    const own = code === undefined ? await withoutWaiting(messages, batch) : batch;
    found.push(...own.slice(0, limit - found.length));
    if (found.length >= limit) break;
  }
  return found;
}
