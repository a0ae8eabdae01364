import type { Context } from '../flow/context.ts';
import type { Target } from '../flow/target.ts';
import type { ObjectRef } from '../message/message.ts';
import { isChange } from '../plan/compare.ts';
import type { PlanBatch } from '../plan/plan-batch.ts';
import type { LedgerRow } from '../store/ledger-store.ts';

/** Keeps what a plan would change in the ledger of a target that takes its set as a whole. */
export async function propose(
  target: Target,
  run: string,
  { kind, entries }: PlanBatch,
  { store, now }: Pick<Context, 'store' | 'now'>,
): Promise<void> {
  const rows: LedgerRow[] = [];
  const removals: ObjectRef[] = [];
  for (const { origin, unit, key, formerKey, object, hash } of entries.filter(isChange)) {
    const ref = { target: target.name, objectKind: kind.kind, origin, key };
    if (formerKey !== null) removals.push({ ...ref, key: formerKey });
    if (object === null) removals.push(ref);
    else {
      const confirmed = { remoteId: null, run, confirmedAt: now(), suspendedSince: null };
      rows.push({ ref, unit, hash, object, ...confirmed });
    }
  }
  if (rows.length + removals.length > 0) await store.ledger.propose(rows, removals);
}

/** The same of a whole plan, in place of what is proposed already. */
export async function proposeInstead(
  target: Target,
  run: string,
  plan: AsyncIterable<PlanBatch>,
  context: Pick<Context, 'store' | 'now'>,
): Promise<void> {
  await context.store.ledger.withdraw(target.name);
  for await (const batch of plan) await propose(target, run, batch, context);
}
