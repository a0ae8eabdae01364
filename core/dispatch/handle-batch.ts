import type { ObjectSink, Operation, Outcome } from '../connector/connector.ts';
import { Failure, TransientFailure } from '../failure/failure.ts';
import type { Message, Ticket, Verdict } from '../message/message.ts';
import type { Target, TargetKind } from '../plan/target.ts';
import type { Views } from '../plan/views.ts';
import type { Settlement, Store } from '../store/store.ts';
import type { Circuit } from './circuit.ts';
import { type Decision, decide } from './decide.ts';
import { leavesDoubt, settlementOf, settlementUntold } from './settle.ts';
import { tellReferrers } from './tell-referrers.ts';
import type { Undecided } from './undecided.ts';

export interface HandleSurroundings {
  readonly store: Store;
  readonly views: Views;
  readonly sink: ObjectSink;
  readonly today: () => string;
  readonly withheld: ReadonlySet<string>;
  readonly undecided: Undecided;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly lenient: () => boolean;
  /** Most operations of one call to the sink. */
  readonly batchSize: number;
  readonly onSettled: (settlements: readonly Settlement[]) => void;
  /** The target as a whole must wait for a person. */
  readonly onHold: (failure: Failure) => void;
  readonly circuit: Circuit;
  /** The target is out: nothing more is sent for now. */
  readonly onOutage: (failure: Failure) => void;
}

type Operate = Extract<Decision, { kind: 'operate' }>;

/**
 * Delivers what a batch of tickets stands for. The broker hears verdicts; the store keeps the
 * story. A ticket whose message is gone or not due is done: the message's own state decides what
 * comes next.
 */
export async function handleBatch(
  target: Target,
  tickets: readonly Ticket[],
  with_: HandleSurroundings,
): Promise<readonly Verdict[]> {
  const messages = await with_.store.messages.get(tickets.map((ticket) => ticket.messageId));
  const due = messages.filter((message) => isDue(message, with_.now()));
  for (const kind of target.kinds) {
    const own = due.filter((message) => message.objectKind === kind.kind);
    if (own.length > 0) await deliverKind(target, kind, own, with_);
  }
  return tickets.map(() => ({ kind: 'done' }));
}

function isDue(message: Message, now: number): boolean {
  return message.state === 'waiting' || (message.state === 'retrying' && message.notBefore <= now);
}

async function deliverKind(
  target: Target,
  kind: TargetKind,
  messages: readonly Message[],
  with_: HandleSurroundings,
): Promise<void> {
  const { store, views, withheld } = with_;
  const now = { today: with_.today(), lenient: with_.lenient() };
  const surroundings = { store, views, withheld, undecided: with_.undecided, ...now };
  const decisions = await decide(target, kind, messages, surroundings);
  const settled = decisions.flatMap((decision) => settlementUntold(target.name, decision) ?? []);
  await settle(settled, with_);
  const operations = decisions.filter((decision) => decision.kind === 'operate');
  for (const batch of batches(operations, with_.batchSize)) {
    await operate(target, kind, batch, with_);
  }
}

/** Batches of one action each, since a sink's call carries one. */
function batches(decisions: readonly Operate[], size: number): readonly (readonly Operate[])[] {
  const result: Operate[][] = [];
  for (const action of new Set(decisions.map((decision) => decision.operation.action))) {
    const own = decisions.filter((decision) => decision.operation.action === action);
    for (let at = 0; at < own.length; at += size) result.push(own.slice(at, at + size));
  }
  return result;
}

async function operate(
  target: Target,
  kind: TargetKind,
  batch: readonly Operate[],
  with_: HandleSurroundings,
): Promise<void> {
  const operations = batch.map((decision) => decision.operation);
  const told = batch.filter(({ operation }) => leavesDoubt(operation));
  await with_.store.messages.doubt(told.map(({ message }) => message.id));
  const { outcomes, held } = await apply(operations, with_);
  if (held !== null) {
    with_.onHold(held);
    return;
  }
  const now = with_.now();
  const settlements = batch.map(({ message, entry, operation }, index) => {
    const outcome = outcomes[index] ?? silenceOf(target);
    return settlementOf(message, entry, operation, outcome, target.flow.delivery, now);
  });
  await tellReferrers(target, kind, renamedIn(settlements, batch), with_);
  await settle(with_.circuit.take(settlements, outcomes), with_);
  if (with_.circuit.outage !== null) with_.onOutage(with_.circuit.outage);
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

/**
 * A failure of the whole call is the outcome of each of its operations, unless it holds the target.
 */
async function apply(
  operations: readonly Operation[],
  { sink, signal }: HandleSurroundings,
): Promise<{ outcomes: readonly Outcome[]; held: Failure | null }> {
  try {
    return { outcomes: await sink.apply(operations, signal), held: null };
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (failure.recovery === 'hold') return { outcomes: [], held: failure };
    return { outcomes: operations.map(() => ({ kind: 'failed', failure })), held: null };
  }
}

/** Writes what is settled, and counts it. */
export async function settle(
  settlements: readonly Settlement[],
  with_: HandleSurroundings,
): Promise<void> {
  if (settlements.length === 0) return;
  await with_.store.messages.settle(settlements);
  with_.onSettled(settlements);
}
