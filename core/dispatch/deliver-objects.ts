import type { ObjectSink } from '../connector/connector.ts';
import type { Failure } from '../failure/failure.ts';
import type { Target } from '../flow/target.ts';
import { backoffMs } from './backoff.ts';
import { handleBatch } from './batch/handle-batch.ts';
import type { HandleSurroundings } from './batch/handling.ts';
import { Circuit } from './circuit.ts';
import {
  count,
  type DeliveryCounts,
  type DeliverySurroundings,
  newCounts,
  type SinkLimits,
} from './delivery.ts';
import { runRounds } from './rounds.ts';
import { readUndecided } from './undecided.ts';

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
  const circuit = Circuit.of(limits);
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
    await runRounds(target, round, counts, handling, { ...with_, subscription });
    counts.blocked = await with_.store.messages.count({ target: target.name, state: ['blocked'] });
  } finally {
    await subscription.stop();
  }
  with_.onProgress({ step: `deliver ${target.flow.name}`, done: total, total, ended: true });
  if (counts.held === null && circuit.outage === null) signal.throwIfAborted();
  return circuit.outage;
}
