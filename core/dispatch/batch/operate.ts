import type { Operation, Outcome } from '../../connector/sink.ts';
import { Failure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Target, TargetKind } from '../../flow/target.ts';
import { inBatches } from '../../message/batches.ts';
import type { LedgerRow } from '../../store/ledger-store.ts';
import type { Settlement } from '../../store/message-store.ts';
import type { Operate } from './decide.ts';
import { noteDeleted } from './deleted.ts';
import type { HandleContext } from './handling.ts';
import { leavesDoubt, settlementOf } from './settle.ts';
import { goneThere, tellConcerned } from './tell-again.ts';

/**
 * Batches of one action each, since a sink's call carries one. What has failed before goes in
 * smaller ones: what is wrong with one object is not to fail its neighbours for ever.
 */
function batches(decisions: readonly Operate[], size: number): readonly (readonly Operate[])[] {
  const groups = Map.groupBy(decisions, ({ operation, message }) =>
    [operation.action, message.attempts].join(' '),
  );
  return [...groups.values()].flatMap((own) => {
    const most = Math.max(1, Math.floor(size / 4 ** (own[0]?.message.attempts ?? 0)));
    return [...inBatches(own, most)];
  });
}

/**
 * Tells a target of operations, batch by batch, until the signal fires; `settled` are settlements
 * from before. What became of one batch is written in one step with the note that the next is in
 * doubt: a store on a network takes as long for each step as for its work.
 */
export async function tellInBatches(
  target: Target,
  kind: TargetKind,
  operations: readonly Operate[],
  settled: readonly Settlement[],
  context: HandleContext,
): Promise<void> {
  const { presence, store } = context;
  let known = settled;
  const write = (next: readonly Operate[]) => {
    const settlements = known;
    known = [];
    return settle(settlements, context, next);
  };
  try {
    for (const batch of batches(operations, context.batchSize)) {
      if (context.signal.aborted) break;
      const lacking = await presence.missingBefore(target, batch, store.ledger);
      await write(batch.filter((decision) => !lacking.has(decision)));
      known = await tell(target, kind, batch, lacking, context);
    }
  } finally {
    await write([]);
  }
}

/** Writes what is settled, and counts it; notes which operations the target is told of next. */
export async function settle(
  settlements: readonly Settlement[],
  context: HandleContext,
  next: readonly Operate[] = [],
): Promise<void> {
  const told = next.filter(({ operation }) => leavesDoubt(operation));
  if (settlements.length + told.length === 0) return;
  const ids = told.map(({ message }) => message.id);
  await noteDeleted(settlements, context.store, context.now());
  await context.store.messages.settle(settlements, ids);
  if (settlements.length > 0) context.onSettled(settlements);
}

/** What a target holds no more of that to which these would newly refer; by who would. */
type Lacking = ReadonlyMap<Operate, readonly LedgerRow[]>;

/**
 * Tells a target what a batch of decisions asks for, but for those that lack something; all others
 * have been noted as in doubt. Answers what may be written of it now.
 */
async function tell(
  target: Target,
  kind: TargetKind,
  batch: readonly Operate[],
  lackingBefore: Lacking,
  context: HandleContext,
): Promise<readonly Settlement[]> {
  const lacking = new Map(lackingBefore);
  const sound = batch.filter((decision) => !lacking.has(decision));
  const { answers, held } = await applied(sound, context);
  if (held !== null) {
    context.onHold(held);
    return [];
  }
  const now = context.now();
  const { delivery } = target.flow;
  for (const decision of sound) {
    if (!mayLack(answers.get(decision))) continue;
    const { ledger } = context.store;
    const missing = await context.presence.missingAfter(target, kind, decision, ledger);
    if (missing.length > 0) lacking.set(decision, missing);
  }
  const outcomes = batch.map((decision): Outcome => {
    const answer = answers.get(decision);
    const [missing] = lacking.get(decision) ?? [];
    return missing === undefined ? (answer ?? silenceOf(target)) : waitsFor(missing, answer);
  });
  const settlements = batch.map((decision, index) =>
    settlementOf(decision, outcomes[index] ?? silenceOf(target), { delivery, kind, now }),
  );
  await tellConcerned(target, kind, { batch, outcomes, settlements, lacking }, context);
  const taken = context.circuit.take(settlements, outcomes);
  if (context.circuit.outage !== null) context.stop(context.circuit.outage);
  return taken;
}

async function applied(
  decisions: readonly Operate[],
  context: HandleContext,
): Promise<{ readonly answers: ReadonlyMap<Operate, Outcome>; readonly held: Failure | null }> {
  const answers = new Map<Operate, Outcome>();
  if (decisions.length === 0) return { answers, held: null };
  const operations = decisions.map(({ operation }) => operation);
  const { outcomes, held } = await applyHalving(operations, context);
  for (const [index, decision] of decisions.entries()) {
    const outcome = outcomes[index];
    if (outcome !== undefined) answers.set(decision, outcome);
  }
  return { answers, held };
}

/** Refused, or not taken whole: it may be for want of something that was deleted there. */
function mayLack(outcome: Outcome | undefined): boolean {
  if (outcome?.kind !== 'failed' || outcome.prerequisite === true) return false;
  const { recovery, code } = outcome.failure;
  return recovery === 'dead-letter' || code === 'PREREQUISITE_MISSING';
}

/** It goes again once what it refers to has been made anew. */
function waitsFor({ ref }: LedgerRow, answer: Outcome | undefined): Outcome {
  if (answer?.kind === 'failed') {
    const { failure } = answer;
    return { kind: 'failed', failure, prerequisite: true };
  }
  return { kind: 'failed', failure: goneThere(ref), prerequisite: true };
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
