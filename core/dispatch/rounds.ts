import type { Subscription } from '../broker/broker.ts';
import type { Target } from '../flow/target.ts';
import { settle } from './batch/handle-batch.ts';
import type { HandleSurroundings } from './batch/handling.ts';
import { type DeliveryCounts, type DeliverySurroundings, progressOf } from './delivery.ts';
import { retryTakenKeys } from './taken-keys.ts';

interface RoundSurroundings extends DeliverySurroundings {
  /** Of the tickets that the rounds publish. */
  readonly subscription: Subscription;
}

/** Rounds over the ranks, and what was refused for its key again, as long as one helps another. */
export async function runRounds(
  target: Target,
  round: { isLenient: boolean },
  counts: DeliveryCounts,
  handling: HandleSurroundings,
  with_: RoundSurroundings,
): Promise<void> {
  const rounds = () => overRanks(target.name, round, counts, handling, with_);
  await rounds();
  await retryTakenKeys(target, counts, handling, rounds);
}

async function overRanks(
  target: string,
  round: { isLenient: boolean },
  counts: DeliveryCounts,
  handling: HandleSurroundings,
  with_: RoundSurroundings,
): Promise<void> {
  const { signal } = handling;
  round.isLenient = false;
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

/** Publishes what is ready, lowest rank first, and waits until each rank is settled. */
async function drainRanks(
  target: string,
  handling: HandleSurroundings,
  { store, broker, subscription, now }: RoundSurroundings,
): Promise<void> {
  const { signal, circuit } = handling;
  for (;;) {
    if (signal.aborted) return;
    const rank = await store.messages.nextRank(target, now());
    if (rank === null) return;
    for await (const tickets of store.messages.ready(target, rank, now())) {
      await broker.publish(target, tickets);
      await subscription.untilLeft(MOST_QUEUED, signal);
    }
    await subscription.untilLeft(0, signal);
    await settle(circuit.rest(), handling);
    if (circuit.outage !== null) handling.onOutage(circuit.outage);
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
