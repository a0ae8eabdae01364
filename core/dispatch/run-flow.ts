import type { Sink } from '../connector/connector.ts';
import { Failure, HeldFailure } from '../failure/failure.ts';
import { isApproved, openHold, useApproval } from '../guard/holds.ts';
import { judgePlan } from '../guard/plan-guard.ts';
import type { Log } from '../log/log.ts';
import { digestOf } from '../message/digest.ts';
import type { Trouble } from '../message/message.ts';
import { planTarget } from '../plan/plan.ts';
import type { Target } from '../plan/target.ts';
import { isEmpty, type PlanTotals, Tally } from '../plan/totals.ts';
import type { Run } from '../store/store.ts';
import { backoffMs } from './backoff.ts';
import {
  type DeliveryCounts,
  type DeliverySurroundings,
  deliverObjects,
  newCounts,
  type SinkLimits,
} from './deliver-objects.ts';
import { deliverSnapshot } from './deliver-snapshot.ts';
import { keepDeliveries, keepParked } from './keep-messages.ts';

export interface FlowSurroundings extends DeliverySurroundings {
  /** Views for the whole plan; `views` of the delivery are for single entities. */
  readonly planViews: DeliverySurroundings['views'];
  readonly log: Log;
}

/** One execution of a flow. */
export interface FlowTask {
  readonly run: string;
  readonly target: Target;
  readonly limits: SinkLimits;
  /** Opened only if there is something to deliver. */
  readonly openSink: () => Promise<Sink>;
}

/**
 * Plans a flow, guards the plan, and delivers it: what waits from earlier runs is delivered too.
 * Answers the ended run; throws only what is no Failure (a defect), and the signal's reason.
 */
export async function runFlow(task: FlowTask, with_: FlowSurroundings): Promise<Run> {
  const begun = await begin(task, with_);
  let totals: PlanTotals | null = null;
  let counts = newCounts();
  let failure: Failure | null = null;
  try {
    totals = await countPlan(task, with_);
    await guard(task, totals, with_);
    counts = await deliver(task, totals, with_);
    failure = counts.held ?? counts.outage;
    if (counts.held !== null) await holdTarget(task, counts.held, with_);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    failure = thrown;
    if (thrown.code === 'HOST_KEY_UNKNOWN') await holdTarget(task, thrown, with_);
  }
  return end(begun, totals, counts, failure, with_);
}

async function begin({ run, target }: FlowTask, { store, now }: FlowSurroundings): Promise<Run> {
  const begun: Run = {
    id: run,
    type: 'flow',
    subject: target.flow.name,
    startedAt: now(),
    endedAt: null,
    outcome: 'running',
    counts: {},
    trouble: null,
  };
  await store.runs.put(begun);
  return begun;
}

/** Goes through the whole plan once: counts it, and keeps messages for what cannot be mapped. */
async function countPlan(task: FlowTask, with_: FlowSurroundings): Promise<PlanTotals> {
  const { target, run } = task;
  const tally = new Tally();
  const step = `plan ${target.flow.name}`;
  let done = 0;
  for await (const batch of planTarget(target, planSurroundings(with_))) {
    with_.signal.throwIfAborted();
    tally.add(batch);
    await keepParked(target, run, batch, with_);
    done += batch.entities;
    with_.onProgress({ step, done, total: null, ended: false });
  }
  await with_.store.messages.removeStale(target.name, ['parked'], run);
  with_.onProgress({ step, done, total: done, ended: true });
  return tally.totals();
}

function planSurroundings({ store, planViews, today }: FlowSurroundings) {
  const { entities, ledger } = store;
  return { entities, ledger, views: planViews, today: today() };
}

/** Holds a plan beyond its guards' limits, unless a person has approved exactly this plan. */
async function guard(task: FlowTask, totals: PlanTotals, with_: FlowSurroundings): Promise<void> {
  const { target, run } = task;
  const reasons = judgePlan(target.name, totals.kinds, target.flow.guards);
  if (reasons.length === 0) return;
  const subject = `flow ${target.flow.name}`;
  if (await isApproved(with_.store, subject, totals.digest)) {
    await useApproval(with_.store, subject, totals.digest);
    return;
  }
  const { create, update, delete: deletions } = totals;
  await hold(run, subject, reasons, totals.digest, { create, update, delete: deletions }, with_);
  throw new HeldFailure('GUARD_LIMIT', reasons.map((reason) => reason.text).join('; '));
}

async function hold(
  run: string,
  subject: string,
  reasons: readonly Trouble[],
  digest: string,
  counts: Readonly<Record<string, number>>,
  { store, now }: FlowSurroundings,
): Promise<void> {
  const decision = { state: 'open', decidedAt: null, decidedBy: null, reason: null } as const;
  const id = digestOf([run, subject, digest]).slice(0, 10);
  await openHold(store, {
    id,
    subject,
    run,
    reasons,
    digest,
    counts,
    createdAt: now(),
    ...decision,
  });
}

/** The target refuses us as a whole (credentials, host key): its messages wait for a person. */
async function holdTarget(
  task: FlowTask,
  failure: Failure,
  with_: FlowSurroundings,
): Promise<void> {
  const trouble = failure.toTrouble();
  const { name } = task.target;
  await hold(task.run, `target ${name}`, [trouble], digestOf([name, trouble.code]), {}, with_);
}

async function deliver(
  task: FlowTask,
  totals: PlanTotals,
  with_: FlowSurroundings,
): Promise<DeliveryCounts> {
  const { target } = task;
  if (target.mode === 'full') {
    return isEmpty(totals) ? newCounts() : deliverSet(task, totals, with_);
  }
  if (!isEmpty(totals)) await keepDeliveries(target, task.run, planSurroundings(with_), with_);
  const open = await with_.store.messages.count({ target: target.name, type: ['deliver'] });
  if (open === 0) return newCounts();
  await refuseHeldTarget(target, with_);
  const sink = await task.openSink();
  try {
    if (sink.mode !== 'operations') throw wrongSink(target);
    return await deliverObjects(target, sink, task.limits, with_);
  } finally {
    await sink.close();
  }
}

/** A target that a person must release first is not asked again. */
async function refuseHeldTarget(target: Target, { store }: FlowSurroundings): Promise<void> {
  const [hold] = await store.runs.holds({ subject: `target ${target.name}`, state: 'open' });
  if (hold === undefined) return;
  const text = `${target.name} waits for a person since ${new Date(hold.createdAt).toISOString()}`;
  throw new HeldFailure('CREDENTIALS', text);
}

/**
 * A snapshot is one delivery: it is tried again while that is soon, and then left to a later run.
 */
async function deliverSet(
  task: FlowTask,
  totals: PlanTotals,
  with_: FlowSurroundings,
): Promise<DeliveryCounts> {
  const { target, run } = task;
  await refuseHeldTarget(target, with_);
  const counts = newCounts();
  const step = `deliver ${target.flow.name}`;
  const onWritten = (done: number) => with_.onProgress({ step, done, total: null, ended: false });
  for (let attempt = 1; ; attempt++) {
    const sink = await task.openSink();
    try {
      if (sink.mode !== 'full') throw wrongSink(target);
      const { now, signal } = with_;
      await deliverSnapshot(target, sink, {
        ...planSurroundings(with_),
        run,
        now,
        signal,
        onWritten,
      });
      counts.delivered = totals.create + totals.update;
      counts.removed = totals.delete;
      with_.onProgress({ step, done: counts.delivered, total: counts.delivered, ended: true });
      return counts;
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      await waitOrThrow(failure, attempt, target, with_);
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
  with_: FlowSurroundings,
): Promise<void> {
  const { delivery } = target.flow;
  const waitMs = backoffMs(attempt, delivery, failure.retryAfterMs);
  const isOver = attempt >= delivery.attempts || waitMs > with_.patienceMs;
  if (failure.recovery !== 'retry' || isOver) throw failure;
  await with_.sleep(waitMs, with_.signal);
}

function wrongSink(target: Target): HeldFailure {
  const text = `${target.name}: the connector's sink is not of the mode that its manifest declares`;
  return new HeldFailure('CONFIG_INVALID', text);
}

async function end(
  begun: Run,
  totals: PlanTotals | null,
  { held: _held, outage: _outage, ...counts }: DeliveryCounts,
  failure: Failure | null,
  { store, now, log }: FlowSurroundings,
): Promise<Run> {
  const planned = {
    create: totals?.create ?? 0,
    update: totals?.update ?? 0,
    delete: totals?.delete ?? 0,
    parked: totals?.parked ?? 0,
  };
  const outcome = failure === null ? 'done' : failure.recovery === 'hold' ? 'held' : 'failed';
  const trouble = failure?.toTrouble() ?? null;
  const run: Run = {
    ...begun,
    endedAt: now(),
    outcome,
    counts: { ...planned, ...counts },
    trouble,
  };
  await store.runs.put(run);
  log.info({ run: run.id, flow: run.subject, outcome, code: trouble?.code ?? null }, 'flow ended');
  return run;
}
