import type { ObjectSink } from '../connector/connector.ts';
import type { Failure } from '../failure/failure.ts';
import type { Target } from '../flow/target.ts';
import { readAmbiguous } from './ambiguous.ts';
import { backoffMs } from './backoff.ts';
import { handleBatch } from './batch/handle-batch.ts';
import type { HandleContext } from './batch/handling.ts';
import { Circuit } from './circuit.ts';
import {
  count,
  type DeliveryContext,
  type DeliveryCounts,
  newCounts,
  type SinkLimits,
} from './delivery.ts';
import { deliverInOrder } from './in-order.ts';

/** Delivers a target's open messages. While the target is out, one call after a pause is enough. */
export async function deliverObjects(
  target: Target,
  sink: ObjectSink,
  limits: SinkLimits,
  context: DeliveryContext,
): Promise<DeliveryCounts> {
  const counts = newCounts();
  const until = context.now() + context.patienceMs;
  for (let pause = 1; ; pause++) {
    const outage = await deliverReady(target, sink, limits, counts, context);
    counts.outage = outage;
    if (outage === null || counts.held !== null) return counts;
    const wait = backoffMs(pause, target.flow.delivery, outage.retryAfterMs);
    if (context.now() + wait > until) return counts;
    await context.sleep(wait, context.signal);
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
  context: DeliveryContext,
): Promise<Failure | null> {
  const { messages } = context.store;
  const circuit = Circuit.of(limits);
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const round = { isLenient: false };
  const total = await messages.count({ target: target.name, type: ['deliver'] });
  const handling: HandleContext = {
    ...context,
    ...{ sink, signal, circuit, batchSize: limits.batchSize },
    ambiguous: await readAmbiguous(context.store, target.name),
    inHand: new Set(),
    lenient: () => round.isLenient,
    onSettled: (settlements) => count(settlements, counts, target, total, context.onProgress),
    onHold: (failure) => {
      counts.held ??= failure;
      stop.abort(failure);
    },
    onOutage: (failure) => stop.abort(failure),
  };
  const subscription = await context.broker.consume(
    target.name,
    async (tickets) => {
      try {
        await handleBatch(target, tickets, handling);
      } catch (error) {
        // A defect of ours, or the signal's reason: the tickets go back, and the run ends with it.
        stop.abort(error);
        throw error;
      }
    },
    { batchSize: limits.batchSize * 4, concurrency: limits.concurrency },
  );
  try {
    await deliverInOrder(target, round, counts, subscription, handling);
    counts.blocked = await messages.count({ target: target.name, state: ['blocked'] });
  } finally {
    await subscription.stop();
  }
  context.onProgress({ step: `deliver ${target.flow.name}`, done: total, total, ended: true });
  if (counts.held === null && circuit.outage === null) signal.throwIfAborted();
  return circuit.outage;
}
