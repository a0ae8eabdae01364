import type { Sink } from '../connector/connector.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import { Failure, HeldFailure, InvalidFailure, TransientFailure } from '../failure/failure.ts';
import { giveBackApprovals, openHold, type UsedApprovals } from '../guard/holds.ts';
import type { Log } from '../log/log.ts';
import { digestOf } from '../message/digest.ts';
import type { Trouble } from '../message/message.ts';
import type { Target } from '../plan/target.ts';
import { isEmpty, type PlanTotals, without } from '../plan/totals.ts';
import { beginningRun, type Run } from '../store/run-store.ts';
import { backoffMs } from './backoff.ts';
import { deliverObjects } from './deliver-objects.ts';
import { deliverSnapshot, rewriteName } from './deliver-snapshot.ts';
import { type DeliveryCounts, newCounts, type SinkLimits } from './delivery.ts';
import { guardPlan, plannedOf } from './guard-plan.ts';
import { healedOf, openFailures } from './healed.ts';
import { keepDeliveries, keepDoubtful } from './keep-messages.ts';
import { type FlowPlan, type PlanFlowSurroundings, type PlanTask, planFlow } from './plan-flow.ts';
import { proposeInstead } from './propose.ts';

export interface FlowSurroundings extends PlanFlowSurroundings {
  readonly log: Log;
  /** `YYYY-MM-DD` of an instant where the city is. */
  readonly dateOf: (epochMs: number) => string;
}

/** One execution of a flow. */
export interface FlowTask extends PlanTask {
  readonly limits: SinkLimits;
  /** Opened only if there is something to deliver. */
  readonly openSink: () => Promise<Sink>;
}

/**
 * Plans a flow, guards the plan, and delivers it: what waits from earlier runs is delivered too.
 * Answers the ended run, also where it ended with a defect; throws only the signal's reason.
 */
export async function runFlow(task: FlowTask, with_: FlowSurroundings): Promise<Run> {
  const { target } = task;
  const begun = await begin(task, with_);
  let plan: FlowPlan | null = null;
  let counts = newCounts();
  let healed = 0;
  let failure: Failure | null = null;
  try {
    const open = await openFailures(with_.store, target.name);
    plan = await planFlow(task, with_);
    const { withheld, reasons, used } = await guardPlan(target, task.run, plan.totals, with_);
    const surroundings = { ...with_, withheld };
    counts = await deliverOrGiveBack(
      task,
      without(plan.totals, withheld),
      plan,
      used,
      surroundings,
    );
    healed = await healedOf(with_.store, open);
    failure = counts.held ?? counts.outage ?? heldBack(reasons) ?? (await waiting(task, with_));
    if (counts.held !== null) await holdTarget(task, counts.held, with_);
    if (failure === null && !counts.isLenient) await plan.settle();
  } catch (thrown) {
    if (with_.signal.aborted && !(thrown instanceof Failure)) throw thrown;
    failure = thrown instanceof Failure ? thrown : defect(task, thrown, with_);
    if (failure.code === 'HOST_KEY_UNKNOWN') await holdTarget(task, failure, with_);
  } finally {
    if (target.mode === 'full') await with_.store.ledger.withdraw(target.name);
  }
  return end({ ...begun, counts: { healed } }, task, plan, counts, failure, with_);
}

/** A fault of ours ends this flow and no other. Its words may quote a person: they stay here. */
function defect({ target }: FlowTask, thrown: unknown, { log }: FlowSurroundings): InvalidFailure {
  const { name, stack = '' } = thrown instanceof Error ? thrown : new Error();
  const at = stack.split('\n').filter((line) => /^\s+at /.test(line));
  log.error({ flow: target.flow.name, kind: name, at: at.join('') }, 'a defect ended the flow');
  return new InvalidFailure('DEFECT', `${target.name}: the hub has a fault (${name})`);
}

async function begin({ run, target }: FlowTask, { store, now }: FlowSurroundings): Promise<Run> {
  const begun = beginningRun(run, 'flow', target.flow.name, now());
  await store.runs.put(begun);
  return begun;
}

/** Why a part of the plan waits for a person, as the run's failure. */
function heldBack(reasons: readonly Trouble[]): HeldFailure | null {
  if (reasons.length === 0) return null;
  const [first, ...rest] = reasons;
  const more = rest.length === 0 ? '' : `; and ${rest.length} more: skolnav hold list`;
  return new HeldFailure('GUARD_LIMIT', `${first?.text}${more}`);
}

/** Not delivered is not done: why something waits for its next attempt, as the run's failure. */
async function waiting({ target }: FlowTask, { store }: FlowSurroundings): Promise<Failure | null> {
  const open = { target: target.name, type: ['deliver'], state: ['waiting', 'retrying'] } as const;
  const count = await store.messages.count(open);
  if (count === 0) return null;
  for await (const messages of store.messages.scan(open)) {
    const trouble = messages.find((message) => message.trouble !== null)?.trouble;
    if (trouble == null) continue;
    // SAFETY: only failures of ours become troubles of deliveries.
    const code = trouble.code as FailureCode;
    return new TransientFailure(code, `${count} wait for their next attempt: ${trouble.text}`);
  }
  return new TransientFailure('CONNECTION_LOST', `${target.name}: ${count} have not been sent`);
}

/** The target refuses us as a whole (credentials, host key): its messages wait for a person. */
async function holdTarget(
  task: FlowTask,
  failure: Failure,
  with_: FlowSurroundings,
): Promise<void> {
  const trouble = failure.toTrouble('target');
  const { name } = task.target;
  const held = { subject: `target ${name}`, run: task.run, reasons: [trouble], counts: {} };
  const digest = digestOf([name, trouble.code]);
  await openHold(with_.store, { ...held, digest }, with_.now());
}

/** Where the target could not be told, what persons had approved for it is approved still. */
async function deliverOrGiveBack(
  task: FlowTask,
  totals: PlanTotals,
  plan: FlowPlan,
  used: UsedApprovals,
  with_: FlowSurroundings,
): Promise<DeliveryCounts> {
  try {
    const counts = await deliver(task, totals, plan, with_);
    if (counts.held !== null || counts.outage !== null) await giveBackApprovals(with_.store, used);
    return counts;
  } catch (failure) {
    await giveBackApprovals(with_.store, used);
    throw failure;
  }
}

async function deliver(
  task: FlowTask,
  totals: PlanTotals,
  plan: FlowPlan,
  with_: FlowSurroundings,
): Promise<DeliveryCounts> {
  const { target } = task;
  if (target.mode === 'full') {
    if (isEmpty(totals) && !task.rewrite) return newCounts();
    const { withheld } = with_;
    if (withheld.size > 0) await proposeInstead(target, task.run, plan.batches(withheld), with_);
    return deliverSet(task, totals, with_);
  }
  if (!isEmpty(totals)) await keepDeliveries(target, task.run, plan.batches(with_.withheld), with_);
  // What the plan does not name any more is void: newer data have taken its place.
  await keepDoubtful(target, task.run, with_);
  await with_.store.messages.removeStale(target.name, ['deliver'], task.run);
  const open = await with_.store.messages.count({ target: target.name, type: ['deliver'] });
  if (open === 0) {
    // A run that was killed between settling and the queue leaves tickets without messages.
    await with_.broker.clear(target.name);
    return newCounts();
  }
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
async function refuseHeldTarget(target: Target, with_: FlowSurroundings): Promise<void> {
  const { store, dateOf } = with_;
  const [hold] = await store.runs.holds({ subject: `target ${target.name}`, state: 'open' });
  if (hold === undefined) return;
  const text = `${target.name} waits for a person since ${dateOf(hold.createdAt)}`;
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
  const { target } = task;
  await refuseHeldTarget(target, with_);
  const counts = newCounts();
  const step = `deliver ${target.flow.name}`;
  const onWritten = (done: number) => with_.onProgress({ step, done, total: null, ended: false });
  for (let attempt = 1; ; attempt++) {
    const sink = await task.openSink();
    try {
      if (sink.mode !== 'full') throw wrongSink(target);
      const { signal, store } = with_;
      // Until it is confirmed, nobody knows which set is there: the next run writes it anew.
      await store.putValue(rewriteName(target.name), true);
      await deliverSnapshot(target, sink, { ledger: store.ledger, signal, onWritten });
      await store.putValue(rewriteName(target.name), false);
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
  { target }: FlowTask,
  plan: FlowPlan | null,
  { held: _held, outage: _outage, isLenient: _isLenient, taken: _taken, ...counts }: DeliveryCounts,
  failure: Failure | null,
  { store, now, log }: FlowSurroundings,
): Promise<Run> {
  const counted = {
    considered: plan?.considered ?? 0,
    create: plan?.totals.create ?? 0,
    update: plan?.totals.update ?? 0,
    delete: plan?.totals.delete ?? 0,
    parked: plan?.totals.parked ?? 0,
  };
  const outcome = failure === null ? 'done' : failure.recovery === 'hold' ? 'held' : 'failed';
  const trouble = failure?.toTrouble('target') ?? null;
  const run: Run = {
    ...begun,
    ...{ endedAt: now(), outcome, trouble },
    ...(plan === null ? {} : { planned: plannedOf(target.name, plan.totals) }),
    counts: { ...begun.counts, ...counted, ...counts },
  };
  await store.runs.put(run);
  log.info({ run: run.id, flow: run.subject, outcome, code: trouble?.code ?? null }, 'flow ended');
  return run;
}
