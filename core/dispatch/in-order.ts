import type { Subscription } from '../broker/broker.ts';
import type { Target } from '../flow/target.ts';
import { settle } from './batch/handle-batch.ts';
import type { HandleContext } from './batch/handling.ts';
import { type DeliveryContext, type DeliveryCounts, progressOf } from './delivery.ts';
import { retryTakenKeys } from './taken-keys.ts';

/** Rounds over the ranks, and what was refused for its key again, as long as one helps another. */
export async function deliverInOrder(
  target: Target,
  round: { isLenient: boolean },
  counts: DeliveryCounts,
  subscription: Subscription,
  context: HandleContext,
): Promise<void> {
  const rounds = () => overRanks(target.name, round, counts, subscription, context);
  await rounds();
  await retryTakenKeys(target, counts, context, rounds);
}

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
    if (circuit.outage !== null) context.onOutage(circuit.outage);
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
