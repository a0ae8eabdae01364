import type { Operation, Outcome } from '../../connector/connector.ts';
import { Failure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import type { Settlement } from '../../store/message-store.ts';
import type { Operate } from './decide.ts';
import type { HandleContext } from './handling.ts';
import { settlementOf } from './settle.ts';
import { tellConcerned } from './tell-again.ts';

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

/**
 * Tells a target what a batch of decisions asks for, which has been noted as in doubt; answers
 * what may be written of it now.
 */
export async function tell(
  target: Target,
  kind: TargetKind,
  batch: readonly Operate[],
  context: HandleContext,
): Promise<readonly Settlement[]> {
  const operations = batch.map((decision) => decision.operation);
  const { outcomes, held } = await applyHalving(operations, context);
  if (held !== null) {
    context.onHold(held);
    return [];
  }
  const now = context.now();
  const settlements = batch.map((decision, index) =>
    settlementOf(decision, outcomes[index] ?? silenceOf(target), target.flow.delivery, now),
  );
  await tellConcerned(target, kind, { batch, outcomes, settlements }, context);
  const taken = context.circuit.take(settlements, outcomes);
  if (context.circuit.outage !== null) context.onOutage(context.circuit.outage);
  return taken;
}

function silenceOf(target: Target): Outcome {
  const said = saying('saidNothing', { target: target.name });
  return { kind: 'failed', failure: new TransientFailure('TARGET_ANSWER_UNREADABLE', said) };
}

/**
 * A failure of the whole call is the outcome of each of its operations, unless it holds the target.
 * A refusal is about an object: each half is tried by itself, until it is known about which.
 */
export async function applyHalving(
  operations: readonly Operation[],
  context: Pick<HandleContext, 'sink' | 'signal'>,
): Promise<{ outcomes: readonly Outcome[]; held: Failure | null }> {
  try {
    return { outcomes: await context.sink.apply(operations, context.signal), held: null };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (failure.recovery === 'hold') return { outcomes: [], held: failure };
    if (failure.recovery !== 'retry' && operations.length > 1) {
      const middle = Math.ceil(operations.length / 2);
      const first = await applyHalving(operations.slice(0, middle), context);
      if (first.held !== null) return first;
      const second = await applyHalving(operations.slice(middle), context);
      return { outcomes: [...first.outcomes, ...second.outcomes], held: second.held };
    }
    return { outcomes: operations.map(() => ({ kind: 'failed', failure })), held: null };
  }
}
