import { keepParked } from '../dispatch/keep-messages.ts';
import { propose } from '../dispatch/propose.ts';
import { HeldFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import { changesAsWhole } from '../flow/target.ts';
import { isChange } from '../plan/compare.ts';
import { heldAfter, heldWith, type Moves, noteMoves, withHeld } from '../plan/count/held-counts.ts';
import { type PlanTotals, Tally } from '../plan/count/totals.ts';
import { readGiven } from '../plan/override/given.ts';
import { planTarget } from '../plan/plan.ts';
import type { PlanBatch } from '../plan/plan-batch.ts';
import { forgetScope, keepScope, type PlanScope, scopeOf } from '../plan/scope/plan-scope.ts';
import type { Sight } from '../plan/together/pass.ts';
import type { NightContext, PlanTask } from './flow-task.ts';

/** A flow's plan, counted; and what it takes to go through it again. */
export interface FlowPlan {
  readonly totals: PlanTotals;
  /** Entities that were looked at, once for each mapping of their kind. */
  readonly considered: number;
  /** Goes through it again, without these organisations: few changes are remembered. */
  readonly batches: (withheld: ReadonlySet<string>) => AsyncIterable<PlanBatch>;
  /** Remembers it as settled, so that the next run plans what has changed since. */
  readonly settle: () => Promise<void>;
}

/** Up to so many changes are remembered from planning to delivering; more are planned anew. */
const MOST_REMEMBERED = 1000;

/**
 * Plans what may have changed since the last plan that was settled, or everything where that is not
 * known. What would change in a set is proposed to the ledger on the way.
 */
export async function planFlow(task: PlanTask, context: NightContext): Promise<FlowPlan> {
  const { store } = context;
  const today = context.today();
  const found = await scopeOf(task, today, context);
  // As long as this run has not ended well, the next one looks at everything.
  await forgetScope(store, task.target.name);
  const whole = { ...found, only: null, held: null, wholeOn: today };
  const plan = await planIn(task.rewrite || task.plan !== null ? whole : found, task, context);
  refuseOtherPlan(task, plan.totals);
  return plan;
}

/** Goes through the plan once: counts it, and keeps messages for what cannot be mapped. */
async function planIn(scope: PlanScope, task: PlanTask, context: NightContext): Promise<FlowPlan> {
  const { target, run } = task;
  const { store } = context;
  const { today } = await sightOf(scope, task, context);
  const given = await readGiven(target, today, context);
  const planned = async function* (withheld: ReadonlySet<string>) {
    const sight = await sightOf(scope, task, context);
    const about = { today, given, withheld, only: scope.only };
    yield* planTarget(target, { ...sight, ledger: store.ledger, ...about });
  };
  if (scope.only === null) await store.rechecks.forget(target.name);
  const tally = new Tally();
  const moves: Moves = new Map();
  const step = `plan ${target.flow.name}`;
  const changes: PlanBatch[] = [];
  let [considered, changed] = [0, 0];
  for await (const batch of planned(new Set())) {
    context.signal.throwIfAborted();
    tally.add(batch);
    noteMoves(moves, batch);
    await store.ledger.assign(movedUnits(batch));
    await store.rechecks.note(target.name, batch.rechecks);
    await keepParked(target, run, batch, context);
    considered += batch.entities;
    const entries = batch.entries.filter(isChange);
    changed += entries.length;
    if (changesAsWhole(target)) await propose(target, run, batch, context);
    if (entries.length > 0 && changed <= MOST_REMEMBERED) changes.push({ ...batch, entries });
    context.onProgress({ step, done: considered, total: null, ended: false });
  }
  await store.messages.removeStale(target.name, ['parked'], run);
  context.onProgress({ step, done: considered, total: considered, ended: true });
  const counted = tally.totals();
  const totals = scope.held === null ? counted : withHeld(counted, heldWith(scope.held, moves));
  const settle = () => keepScope(task, scope, heldAfter(totals), today, store);
  const batches = (withheld: ReadonlySet<string>) => {
    const isRemembered = changed <= MOST_REMEMBERED && withheld.size === 0;
    return isRemembered ? again(changes) : planned(withheld);
  };
  return { totals, considered, batches, settle };
}

/** What is seen in a pass is kept by the place there, and no longer than that is taken. */
async function sightOf(
  { only }: PlanScope,
  { target }: PlanTask,
  { store, views, needs, place, today }: NightContext,
): Promise<Sight> {
  if (only === null) return place.enter(target, needs);
  return { entities: store.entities, views, today: today() };
}

async function* again(batches: readonly PlanBatch[]): AsyncGenerator<PlanBatch> {
  yield* batches;
}

/** Rows that change nothing but the organisation that they belong to. */
function movedUnits({ entries }: PlanBatch) {
  return entries.flatMap(({ action, unit, row }) =>
    action === 'same' && row !== null && row.unit !== unit ? [{ ref: row.ref, unit }] : [],
  );
}

function refuseOtherPlan({ plan, target }: PlanTask, totals: PlanTotals): void {
  if (plan === null || plan === totals.digest) return;
  throw new HeldFailure('PLAN_CHANGED', saying('otherPlan', { target: target.name }));
}
