import { noteLost } from '../dispatch/batch/gone-there.ts';
import { isOut } from '../dispatch/circuit.ts';
import { deliverObjects } from '../dispatch/deliver-objects.ts';
import { REWRITE } from '../dispatch/deliver-snapshot.ts';
import { type DeliveryCounts, newCounts } from '../dispatch/delivery.ts';
import { keepDeliveries, keepDoubtful, keepNotTaken } from '../dispatch/keep-messages.ts';
import { proposeInstead } from '../dispatch/propose.ts';
import { openFailures, resolvedOf, whyWaiting } from '../dispatch/still-open.ts';
import { Failure, InvalidFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import { asFileFailure } from '../failure/system-fault.ts';
import { changesAsWhole } from '../flow/target.ts';
import { giveBackApprovals, type UsedApprovals } from '../guard/holds.ts';
import { isEmpty, type PlanTotals, without } from '../plan/count/totals.ts';
import { deliverSet } from '../run/deliver-set.ts';
import type { FlowContext, FlowTask, NightContext } from '../run/flow-task.ts';
import { guardPlan, heldBack, plannedOf } from '../run/guard-plan.ts';
import { holdTarget, withObjectSink } from '../run/held-target.ts';
import { type FlowPlan, planFlow } from '../run/plan-flow.ts';
import { beginningRun, type Run } from '../store/run-store.ts';
import { retractFirst, together } from '../withdraw/retract-first.ts';

/** Whether a set is written again is known when its place is. */
type GivenTask = Omit<FlowTask, 'rewrite'>;

/**
 * Plans a flow, guards the plan, and delivers it: what waits from earlier runs is delivered too.
 * Answers the ended run, also where it ended with a defect; throws only the signal's reason.
 */
export async function runFlow(given: GivenTask, context: NightContext): Promise<Run> {
  const { target } = given;
  let task: FlowTask = { ...given, rewrite: false };
  const begun = beginningRun(task.run, 'flow', target.flow.name, context.now());
  await context.store.runs.put(begun);
  let plan: FlowPlan | null = null;
  let counts = newCounts();
  let resolved = 0;
  let failure: Failure | null = null;
  const turn = async () => {
    await context.place.turn();
    context.signal.throwIfAborted();
    await context.store.runs.put({ ...begun, waitedMs: context.place.waitedMs });
  };
  try {
    await task.findTarget();
    task = { ...given, rewrite: (await REWRITE.read(context.store, target.name)) === true };
    const open = await openFailures(context.store, target.name);
    const retracted = await retractFirst(task, context);
    plan = await planFlow(retracted === null ? task : { ...task, plan: null }, context);
    const { withheld, reasons, used } = await guardPlan(target, task.run, plan.totals, context);
    const guarded = { ...context, withheld, turn };
    counts = await deliverOrGiveBack(task, without(plan.totals, withheld), plan, used, guarded);
    if (retracted !== null) counts = await together(retracted, counts, task, context);
    resolved = await resolvedOf(context.store, open);
    failure = counts.held ?? counts.outage ?? heldBack(reasons);
    failure ??= await whyWaiting(context.store, target.name);
    if (counts.held !== null) await holdTarget(task, counts.held, context);
    if (failure === null && !counts.isLenient) await plan.settle();
  } catch (error) {
    const thrown = asFileFailure(error);
    if (context.signal.aborted && !(thrown instanceof Failure)) throw thrown;
    failure = thrown instanceof Failure ? thrown : defect(task, thrown, context);
    if (plan === null && isOut(failure)) counts = { ...counts, outage: failure };
    if (failure.code === 'HOST_KEY_UNKNOWN') await holdTarget(task, failure, context);
  } finally {
    if (changesAsWhole(target)) await context.store.ledger.withdraw(target.name);
  }
  return end({ ...begun, counts: { resolved } }, task, plan, counts, failure, context);
}

/** A fault of ours ends this flow and no other. Its words may quote a person: they stay here. */
function defect({ target }: FlowTask, thrown: unknown, { log }: FlowContext): InvalidFailure {
  const { name, stack = '' } = thrown instanceof Error ? thrown : new Error();
  const at = stack.split('\n').filter((line) => /^\s+at /.test(line));
  log.error({ flow: target.flow.name, kind: name, at: at.join('') }, 'a defect ended the flow');
  return new InvalidFailure('DEFECT', saying('hasFault', { target: target.name, name }));
}

interface GuardedContext extends NightContext {
  /** Waits until the target may be told; throws the signal's reason if the run is stopped first. */
  readonly turn: () => Promise<void>;
}

/** Where the target could not be told, what persons had approved for it is approved still. */
async function deliverOrGiveBack(
  task: FlowTask,
  totals: PlanTotals,
  plan: FlowPlan,
  used: UsedApprovals,
  context: GuardedContext,
): Promise<DeliveryCounts> {
  try {
    const counts = await deliver(task, totals, plan, context);
    if (counts.held !== null || counts.outage !== null)
      await giveBackApprovals(context.store, used);
    return counts;
  } catch (failure) {
    await giveBackApprovals(context.store, used);
    throw failure;
  }
}

async function deliver(
  task: FlowTask,
  totals: PlanTotals,
  plan: FlowPlan,
  context: GuardedContext,
): Promise<DeliveryCounts> {
  const { target } = task;
  if (changesAsWhole(target)) {
    if (isEmpty(totals) && !task.rewrite) return newCounts();
    const { withheld } = context;
    if (withheld.size > 0) await proposeInstead(target, task.run, plan.batches(withheld), context);
    await context.turn();
    return deliverSet(task, totals, context);
  }
  if (!isEmpty(totals))
    await keepDeliveries(target, task.run, plan.batches(context.withheld), context);
  await context.turn();
  // What the plan does not name any more is void: newer data have taken its place.
  await keepNotTaken(target, task.run, context);
  await keepDoubtful(target, task.run, context);
  await context.store.messages.removeStale(target.name, ['deliver'], task.run);
  const open = await context.store.messages.count({ target: target.name, type: ['deliver'] });
  if (open === 0) return newCounts();
  return withObjectSink(task, context, (sink) =>
    deliverObjects(target, sink, task.limits, context),
  );
}

async function end(
  begun: Run,
  { target }: FlowTask,
  plan: FlowPlan | null,
  { held: _held, outage, isLenient: _isLenient, taken: _taken, gone, ...counts }: DeliveryCounts,
  failure: Failure | null,
  { store, now, log, place }: NightContext,
): Promise<Run> {
  const counted = {
    considered: plan?.considered ?? 0,
    create: plan?.totals.create ?? 0,
    update: plan?.totals.update ?? 0,
    delete: plan?.totals.delete ?? 0,
    parked: plan?.totals.parked ?? 0,
  };
  const outcome = failure === null ? 'done' : failure.recovery === 'hold' ? 'held' : 'failed';
  const problem = failure?.toProblem('target') ?? null;
  const run: Run = {
    ...begun,
    ...{ endedAt: now(), waitedMs: place.waitedMs, outcome, problem },
    ...(outage === null ? {} : { isOutage: true }),
    ...(plan === null ? {} : { planned: plannedOf(target.name, plan.totals) }),
    counts: { ...begun.counts, ...counted, ...counts, gone: gone.size },
  };
  await noteLost(store, target.name, run, gone.size);
  await store.runs.put(run);
  log.info({ run: run.id, flow: run.subject, outcome, code: problem?.code ?? null }, 'flow ended');
  return run;
}
