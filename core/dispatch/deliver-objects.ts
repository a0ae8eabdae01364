import type { Broker } from '../broker/broker.ts';
import type { ObjectSink } from '../connector/connector.ts';
import type { Failure } from '../failure/failure.ts';
import type { OnProgress } from '../message/progress.ts';
import type { Target } from '../plan/target.ts';
import type { Views } from '../plan/views.ts';
import type { Settlement, Store } from '../store/store.ts';
import { backoffMs } from './backoff.ts';
import { Circuit } from './circuit.ts';
import { type HandleSurroundings, handleBatch, settle } from './handle-batch.ts';
import { readUndecided } from './undecided.ts';

export interface DeliverySurroundings {
  readonly store: Store;
  readonly broker: Broker;
  readonly views: Views;
  readonly now: () => number;
  readonly today: () => string;
  /** Organisations of which nothing may change now. */
  readonly withheld: ReadonlySet<string>;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** Retries that are due later than this are left to the next run. */
  readonly patienceMs: number;
}

export interface SinkLimits {
  readonly batchSize: number;
  readonly concurrency: number;
}

/** What one delivery did. */
export interface DeliveryCounts {
  delivered: number;
  removed: number;
  superseded: number;
  retried: number;
  failed: number;
  /** What still waits for another object when everything has had its turn. */
  blocked: number;
  /** Some objects may have gone without optional references, which a later plan adds. */
  isLenient: boolean;
  /** Why the whole target waits for a person. */
  held: Failure | null;
  /** Why nothing more was sent, where the target was out to the end of our patience. */
  outage: Failure | null;
}

/** Delivers a target's open messages. While the target is out, one call after a pause is enough. */
export async function deliverObjects(
  target: Target,
  sink: ObjectSink,
  limits: SinkLimits,
  with_: DeliverySurroundings,
): Promise<DeliveryCounts> {
  const counts = newCounts();
  const until = with_.now() + with_.patienceMs;
  for (let pause = 1; ; pause++) {
    const outage = await deliverReady(target, sink, limits, counts, with_);
    counts.outage = outage;
    if (outage === null || counts.held !== null) return counts;
    const wait = backoffMs(pause, target.flow.delivery, outage.retryAfterMs);
    if (with_.now() + wait > until) return counts;
    await with_.sleep(wait, with_.signal);
  }
}

/**
 * Delivers until nothing is ready: rank by rank, so that what is referred to comes first. What
 * waited for another object is tried again as long as that helps; at last without the optional
 * references that are still missing. Retries are waited for while that is soon. Answers why the
 * target is out, if it is.
 */
async function deliverReady(
  target: Target,
  sink: ObjectSink,
  limits: SinkLimits,
  counts: DeliveryCounts,
  with_: DeliverySurroundings,
): Promise<Failure | null> {
  const circuit = new Circuit(limits.batchSize * Math.max(CALLS_OUT, limits.concurrency));
  const stop = new AbortController();
  const signal = AbortSignal.any([with_.signal, stop.signal]);
  const round = { isLenient: false };
  const total = await with_.store.messages.count({ target: target.name, type: ['deliver'] });
  const handling: HandleSurroundings = {
    ...with_,
    undecided: await readUndecided(with_.store, target.name),
    sink,
    signal,
    lenient: () => round.isLenient,
    batchSize: limits.batchSize,
    onSettled: (settlements) => count(settlements, counts, target, total, with_.onProgress),
    onHold: (failure) => {
      counts.held ??= failure;
      stop.abort(failure);
    },
    circuit,
    onOutage: (failure) => stop.abort(failure),
  };
  const subscription = await with_.broker.consume(
    target.name,
    async (tickets) => {
      try {
        return await handleBatch(target, tickets, handling);
      } catch (error) {
        // A defect of ours, or the signal's reason: the tickets go back, and the run ends with it.
        stop.abort(error);
        throw error;
      }
    },
    { batchSize: limits.batchSize * 4, concurrency: limits.concurrency },
  );
  try {
    await runRounds(target.name, round, counts, handling, with_);
    counts.blocked = await with_.store.messages.count({ target: target.name, state: ['blocked'] });
  } finally {
    await subscription.stop();
  }
  with_.onProgress({ step: `deliver ${target.flow.name}`, done: total, total, ended: true });
  if (counts.held === null && circuit.outage === null) signal.throwIfAborted();
  return circuit.outage;
}

/** So many calls in a row without an answer are an outage. */
const CALLS_OUT = 4;

/** Rounds over the ranks, as long as one helps another. */
async function runRounds(
  target: string,
  round: { isLenient: boolean },
  counts: DeliveryCounts,
  handling: HandleSurroundings,
  with_: DeliverySurroundings,
): Promise<void> {
  const { signal } = handling;
  await unblock(target, with_);
  for (;;) {
    const before = progressOf(counts);
    await drainRanks(target, handling, with_);
    if (signal.aborted) return;
    const blocked = await with_.store.messages.count({ target, state: ['blocked'] });
    const hasHelped = progressOf(counts) > before;
    if (blocked > 0 && (hasHelped || !round.isLenient)) {
      round.isLenient = !hasHelped;
      counts.isLenient ||= round.isLenient;
      await unblock(target, with_);
    } else {
      if (!(await sleepUntilDue(target, with_))) return;
      round.isLenient = false;
    }
  }
}

export function newCounts(): DeliveryCounts {
  const zero = { delivered: 0, removed: 0, superseded: 0, retried: 0, failed: 0, blocked: 0 };
  return { ...zero, isLenient: false, held: null, outage: null };
}

function progressOf(counts: DeliveryCounts): number {
  return counts.delivered + counts.removed + counts.superseded;
}

function count(
  settlements: readonly Settlement[],
  counts: DeliveryCounts,
  target: Target,
  total: number,
  onProgress: OnProgress,
): void {
  for (const { result } of settlements) {
    if (result.kind === 'retrying') counts.retried += 1;
    else if (result.kind !== 'discarded' && result.kind !== 'blocked') counts[result.kind] += 1;
  }
  const done = Math.min(total, progressOf(counts) + counts.failed);
  onProgress({ step: `deliver ${target.flow.name}`, done, total, ended: false });
}

/** Publishes what is ready, lowest rank first, and waits until each rank is settled. */
async function drainRanks(
  target: string,
  handling: HandleSurroundings,
  { store, broker, now, sleep }: DeliverySurroundings,
): Promise<void> {
  const { signal, circuit } = handling;
  /** A few tickets are soon settled: the first looks follow one another quickly. */
  const untilPending = async (most: number) => {
    for (let waitMs = 1; (await broker.pending(target)) > most; waitMs = Math.min(waitMs + 1, 5)) {
      if (signal.aborted) return;
      await sleep(waitMs);
    }
  };
  for (;;) {
    if (signal.aborted) return;
    const rank = await store.messages.nextRank(target, now());
    if (rank === null) return;
    for await (const tickets of store.messages.ready(target, rank, now())) {
      await broker.publish(target, tickets);
      await untilPending(MOST_QUEUED);
    }
    await untilPending(0);
    await settle(circuit.acquit(), handling);
  }
}

/** Back-pressure: no more tickets than this are queued at once. */
const MOST_QUEUED = 10_000;

/** Lets everything that waits for another object have its turn again. */
async function unblock(target: string, { store }: DeliverySurroundings): Promise<void> {
  for await (const batch of store.messages.scan({ target, state: ['blocked'] })) {
    await store.messages.put(batch.map((message) => ({ ...message, state: 'waiting' })));
  }
}

/** True if a retry has become due within our patience. */
async function sleepUntilDue(target: string, with_: DeliverySurroundings): Promise<boolean> {
  const due = await with_.store.messages.nextDue(target);
  if (due === null) return false;
  const wait = due - with_.now();
  if (wait > with_.patienceMs) return false;
  await with_.sleep(Math.max(wait, 1), with_.signal);
  return true;
}
