import type { DeliveryCounts } from '../dispatch/delivery.ts';
import { changesAsWhole } from '../flow/target.ts';
import { digestOf } from '../message/digest.ts';
import { heldAfter, withHeld } from '../plan/count/held-counts.ts';
import { Tally } from '../plan/count/totals.ts';
import { forgetScope, type Planned, readPlanned, writePlanned } from '../plan/scope/plan-scope.ts';
import { deliverSet } from '../run/deliver-set.ts';
import type { FlowContext, FlowTask, NightContext } from '../run/flow-task.ts';
import { holdTarget, withObjectSink } from '../run/held-target.ts';
import { planFlow } from '../run/plan-flow.ts';
import { type LedgerRow, plainRow } from '../store/ledger-store.ts';
import { readRetracted, writeRetracted } from './kept-retracted.ts';
import { retractObjects } from './retract.ts';
import { countsOf, isNothing, type Retraction } from './retraction.ts';
import { retractionNow } from './whereabouts.ts';

/**
 * What protection takes from the target goes before anything else of the run, whatever a guard
 * holds; null where there is nothing of the kind. The plan that a person has looked at is refused
 * before that, where it is another.
 */
export async function retractFirst(
  task: FlowTask,
  context: NightContext,
): Promise<DeliveryCounts | null> {
  const { target } = task;
  const { store } = context;
  const retraction = await retractionNow(target, context);
  if (isNothing(retraction)) {
    const before = await readRetracted(store, target.name);
    if (before.length === retraction.retracted.length) return null;
    // Who was released may be shown again.
    await writeRetracted(store, target.name, retraction.retracted);
    return null;
  }
  if (task.plan !== null) await planFlow(task, context);
  const planned = await readPlanned(store, target.name);
  await forgetScope(store, target.name);
  const counts = await retractAll(task, retraction, context);
  const { update, delete: deletions } = countsOf(retraction);
  // Told to the end, it leaves nothing in doubt: what follows is planned as in any other night.
  const isDone = counts.delivered + counts.removed === update + deletions;
  if (planned !== null && isDone)
    await writePlanned(store, target.name, afterTaking(planned, retraction));
  return counts;
}

async function retractAll(
  task: FlowTask,
  retraction: Retraction,
  context: FlowContext,
): Promise<DeliveryCounts> {
  const { target, run } = task;
  const { store } = context;
  if (changesAsWhole(target)) return retractFromSet(task, retraction, context);
  // Kept first: after a crash nobody else would know what the target may still show.
  await writeRetracted(store, target.name, retraction.retracted);
  return withObjectSink(task, context, async (sink) => {
    const counts = await retractObjects(target, run, retraction, sink, task.limits, context);
    if (counts.held !== null) await holdTarget(task, counts.held, context);
    const failure = counts.held ?? counts.outage;
    if (failure !== null) throw failure;
    return counts;
  });
}

/** A set is written without them, and otherwise as it was confirmed last. */
async function retractFromSet(
  task: FlowTask,
  { removals, updates }: Retraction,
  context: FlowContext,
): Promise<DeliveryCounts> {
  const { ledger } = context.store;
  const rows = [...updates.values()].flat().map(({ row, object }) => {
    return { ...plainRow(row), object, hash: digestOf(object) };
  });
  const gone = [...removals.values()].flat().map(({ ref }) => ref);
  await ledger.withdraw(task.target.name);
  await ledger.propose(rows, gone);
  return deliverSet(task, { create: 0, update: rows.length, delete: gone.length }, context);
}

/** What both have done; what was refused first and went with the plan has not failed. */
export async function together(
  first: DeliveryCounts,
  then: DeliveryCounts,
  { run, target }: FlowTask,
  { store }: FlowContext,
): Promise<DeliveryCounts> {
  const own = { target: target.name, type: ['deliver'], state: ['failed'], run } as const;
  return {
    ...then,
    delivered: first.delivered + then.delivered,
    removed: first.removed + then.removed,
    retried: first.retried + then.retried,
    gone: first.gone.union(then.gone),
    failed: await store.messages.count(own),
  };
}

/**
 * The last settled plan as it stands once a retraction has been told to the end: its objects are
 * counted no more, and whatever gave them is planned anew.
 */
function afterTaking(
  planned: Planned,
  { removals, updates }: Pick<Retraction, 'removals' | 'updates'>,
): Planned {
  const tally = new Tally();
  const origins = [...planned.retracted];
  for (const [kind, rows] of removals) {
    const lost = updates.get(kind) ?? [];
    const entries = [
      ...rows.map((row) => ({ ...about(row), action: 'delete' as const, object: null })),
      ...lost.map(({ row, object }) => ({ ...about(row), action: 'update' as const, object })),
    ];
    origins.push(...entries.map(({ origin }) => origin));
    tally.add({ kind, entries, ...NOTHING_ELSE });
  }
  const held = heldAfter(withHeld(tally.totals(), planned.held));
  return { ...planned, held, retracted: origins };
}

const NOTHING_ELSE = { parked: [], entities: 0, rechecks: [], unreferred: [] };

function about(row: LedgerRow) {
  const { ref, unit, hash } = row;
  const { origin, key } = ref;
  const none = { unitNow: '', formerKey: null, suspendedSince: null };
  return { origin, unit, key, hash, row, ...none };
}
