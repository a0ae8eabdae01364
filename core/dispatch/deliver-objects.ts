import type { Subscription } from '../broker/broker.ts';
import type { ObjectSink } from '../connector/sink.ts';
import type { Failure } from '../failure/failure.ts';
import type { Target } from '../flow/target.ts';
import { readAmbiguous } from './ambiguous.ts';
import { handleBatch } from './batch/handle-batch.ts';
import { type HandleContext, handlingOf } from './batch/handling.ts';
import { settle } from './batch/operate.ts';
import {
  type DeliveryContext,
  type DeliveryCounts,
  newCounts,
  progressOf,
  type SinkLimits,
} from './delivery.ts';
import { retryTakenKeys } from './taken-keys.ts';
import { waitOut } from './wait-out.ts';

/** Delivers a target's open messages. Throws BROKER_OUT where the broker does not come back. */
export async function deliverObjects(
  target: Target,
  sink: ObjectSink,
  limits: SinkLimits,
  context: DeliveryContext,
): Promise<DeliveryCounts> {
  const counts = newCounts();
  await waitOut(target, context, async () => {
    counts.outage = await deliverReady(target, sink, limits, counts, context);
    return counts.held === null ? counts.outage : null;
  });
  return counts;
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
  context: DeliveryContext,
): Promise<Failure | null> {
  const { messages } = context.store;
  const round = { isLenient: false };
  const lenient = () => round.isLenient;
  const total = await messages.count({ target: target.name, type: ['deliver'] });
  const ambiguous = await readAmbiguous(context.store, target.name);
  const about = { sink, ambiguous, lenient, limits, counts, total };
  const handling = handlingOf(target, about, context);
  const subscription = await context.broker.consume(
    target.name,
    (tickets) =>
      handleBatch(target, tickets, handling).catch((error: unknown) => {
        // A defect of ours, or the signal's reason: the tickets go back, and the run ends with it.
        handling.stop(error);
        throw error;
      }),
    { batchSize: limits.batchSize * 4, concurrency: limits.concurrency },
  );
  try {
    const rounds = () => overRanks(target.name, round, counts, subscription, handling);
    await rounds();
    await retryTakenKeys(target, counts, handling, rounds);
    counts.blocked = await messages.count({ target: target.name, state: ['blocked'] });
  } finally {
    await subscription.stop();
  }
  context.onProgress({ step: `deliver ${target.flow.name}`, done: total, total, ended: true });
  const { outage } = handling.circuit;
  if (counts.held === null && outage === null) handling.signal.throwIfAborted();
  return outage;
}

/** Rounds over the ranks, as long as one helps another. */
async function overRanks(
  target: string,
  round: { isLenient: boolean },
  counts: DeliveryCounts,
  subscription: Subscription,
  context: HandleContext,
): Promise<void> {
  const { signal } = context;
  round.isLenient = false;
  await unblock(target, context);
  for (;;) {
    const before = progressOf(counts);
    await drainRanks(target, subscription, context);
    if (signal.aborted) return;
    const blocked = await context.store.messages.count({ target, state: ['blocked'] });
    const hasHelped = progressOf(counts) > before;
    if (blocked > 0 && (hasHelped || !round.isLenient)) {
      round.isLenient = !hasHelped;
      counts.isLenient ||= round.isLenient;
      await unblock(target, context);
    } else {
      if (!(await sleepUntilDue(target, context))) return;
      round.isLenient = false;
    }
  }
}

/** Publishes what is ready, lowest rank first, and waits until each rank is settled. */
async function drainRanks(
  target: string,
  subscription: Subscription,
  context: HandleContext,
): Promise<void> {
  const { store, broker, now, signal, circuit } = context;
  for (;;) {
    if (signal.aborted) return;
    const rank = await store.messages.nextRank(target, now());
    if (rank === null) return;
    for await (const tickets of store.messages.ready(target, rank, now())) {
      await broker.publish(target, tickets);
      await subscription.untilLeft(MOST_QUEUED, signal);
    }
    await subscription.untilLeft(0, signal);
    await settle(circuit.rest(), context);
    if (circuit.outage !== null) context.stop(circuit.outage);
  }
}

/** Back-pressure: no more tickets than this are queued at once. */
const MOST_QUEUED = 10_000;

/** Lets everything that waits for another object have its turn again. */
async function unblock(target: string, { store }: DeliveryContext): Promise<void> {
  for await (const batch of store.messages.scan({ target, state: ['blocked'] })) {
    await store.messages.put(batch.map((message) => ({ ...message, state: 'waiting' })));
  }
}

/** True if a retry has become due within our patience. */
async function sleepUntilDue(target: string, context: DeliveryContext): Promise<boolean> {
  const due = await context.store.messages.nextDue(target);
  if (due === null) return false;
  const wait = due - context.now();
  if (wait > context.patienceMs) return false;
  await context.sleep(Math.max(wait, 1), context.signal);
  return true;
}
