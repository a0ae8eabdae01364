import type { Outcome } from '../../connector/connector.ts';
import { TransientFailure } from '../../failure/failure.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import type { Settlement } from '../../store/message-store.ts';
import { applyHalving } from './apply-halving.ts';
import type { Operate } from './decide.ts';
import type { HandleContext } from './handling.ts';
import { leavesDoubt, settlementOf } from './settle.ts';
import { tellReferrers } from './tell-referrers.ts';

/**
 * Batches of one action each, since a sink's call carries one. What has failed before goes in
 * smaller ones: what is wrong with one object is not to fail its neighbours for ever.
 */
export function batches(
  decisions: readonly Operate[],
  size: number,
): readonly (readonly Operate[])[] {
  const result: Operate[][] = [];
  const groups = Map.groupBy(decisions, ({ operation, message }) =>
    [operation.action, message.attempts].join(' '),
  );
  for (const own of groups.values()) {
    const most = Math.max(1, Math.floor(size / 4 ** (own[0]?.message.attempts ?? 0)));
    for (let at = 0; at < own.length; at += most) result.push(own.slice(at, at + most));
  }
  return result;
}

/** Tells a target what a batch of decisions asks for; answers what may be written of it now. */
export async function tell(
  target: Target,
  kind: TargetKind,
  batch: readonly Operate[],
  context: HandleContext,
): Promise<readonly Settlement[]> {
  const operations = batch.map((decision) => decision.operation);
  const told = batch.filter(({ operation }) => leavesDoubt(operation));
  await context.store.messages.doubt(told.map(({ message }) => message.id));
  const { outcomes, held } = await applyHalving(operations, context);
  if (held !== null) {
    context.onHold(held);
    return [];
  }
  const now = context.now();
  const settlements = batch.map((decision, index) =>
    settlementOf(decision, outcomes[index] ?? silenceOf(target), target.flow.delivery, now),
  );
  await tellReferrers(target, kind, renamedIn(settlements, batch), context);
  const taken = context.circuit.take(settlements, outcomes);
  if (context.circuit.outage !== null) context.onOutage(context.circuit.outage);
  return taken;
}

/** What the target knew by an id, and knows by another one now. */
function renamedIn(settlements: readonly Settlement[], batch: readonly Operate[]) {
  return settlements.flatMap(({ message, result }, index) => {
    const before = batch[index]?.operation.remoteId ?? null;
    if (result.kind !== 'delivered' || before === null) return [];
    return result.row.remoteId === before ? [] : [{ key: result.row.ref.key, run: message.run }];
  });
}

function silenceOf(target: Target): Outcome {
  const text = `${target.name}: the target said nothing about this object`;
  return { kind: 'failed', failure: new TransientFailure('TARGET_ANSWER_UNREADABLE', text) };
}
