import { backoffMs } from '../dispatch/backoff.ts';
import { deliverSnapshot, REWRITE } from '../dispatch/deliver-snapshot.ts';
import { type DeliveryCounts, newCounts } from '../dispatch/delivery.ts';
import { Failure } from '../failure/failure.ts';
import type { Target } from '../flow/target.ts';
import type { PlanTotals } from '../plan/count/totals.ts';
import type { FlowContext, FlowTask } from './flow-task.ts';
import { refuseHeldTarget, wrongSink } from './held-target.ts';

/**
 * A snapshot is one delivery: it is tried again while that is soon, and then left to a later run.
 * What is served is delivered by being confirmed.
 */
export async function deliverSet(
  task: FlowTask,
  totals: Pick<PlanTotals, 'create' | 'update' | 'delete'>,
  context: FlowContext,
): Promise<DeliveryCounts> {
  const { target } = task;
  await refuseHeldTarget(target, context);
  const counts = newCounts();
  const step = `deliver ${target.flow.name}`;
  const isThere = () => {
    counts.delivered = totals.create + totals.update;
    counts.removed = totals.delete;
    context.onProgress({ step, done: counts.delivered, total: counts.delivered, ended: true });
    return counts;
  };
  if (target.mode === 'served') {
    // Whoever fetches it sees the ledger: what is confirmed there is delivered.
    await context.store.ledger.confirm(target.name, context.now());
    await REWRITE.write(context.store, target.name, false);
    return isThere();
  }
  const onWritten = (done: number) => context.onProgress({ step, done, total: null, ended: false });
  for (let attempt = 1; ; attempt++) {
    const sink = await task.openSink();
    try {
      if (sink.mode !== 'full') throw wrongSink(target);
      const { signal, store } = context;
      // Until it is confirmed, nobody knows which set is there: the next run writes it anew.
      await REWRITE.write(store, target.name, true);
      const isWhole = task.rewrite || attempt > 1;
      await deliverSnapshot(target, sink, { store, signal, isWhole, onWritten });
      await REWRITE.write(store, target.name, false);
      return isThere();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      await waitOrThrow(failure, attempt, target, context);
      counts.retried += 1;
    } finally {
      await sink.close();
    }
  }
}

async function waitOrThrow(
  failure: Failure,
  attempt: number,
  target: Target,
  context: FlowContext,
): Promise<void> {
  const { delivery } = target.flow;
  const waitMs = backoffMs(attempt, delivery, failure.retryAfterMs);
  const isOver = attempt >= delivery.attempts || waitMs > context.patienceMs;
  if (failure.recovery !== 'retry' || isOver) throw failure;
  await context.sleep(waitMs, context.signal);
}
