import type { ObjectSink } from '../connector/sink.ts';
import { backoffMs } from '../dispatch/backoff.ts';
import { lastDelivered, NOTHING_KNOWN, type Operate } from '../dispatch/batch/decide.ts';
import { handlingOf } from '../dispatch/batch/handling.ts';
import { settle, tellInBatches } from '../dispatch/batch/operate.ts';
import { findReferences, namesIn, type References } from '../dispatch/batch/references.ts';
import {
  type DeliveryContext,
  type DeliveryCounts,
  newCounts,
  type SinkLimits,
} from '../dispatch/delivery.ts';
import { deliveryId } from '../dispatch/delivery-id.ts';
import { delivery } from '../dispatch/keep-messages.ts';
import type { Failure } from '../failure/failure.ts';
import type { Target, TargetKind } from '../flow/target.ts';
import { digestOf } from '../message/digest.ts';
import { isUnderWay, type JsonObject, type Message } from '../message/message.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import type { Retraction } from './retraction.ts';

/** One object that goes, or loses what it refers to. */
interface Step {
  readonly kind: TargetKind;
  readonly row: LedgerRow;
  /** Null where it goes. */
  readonly object: JsonObject | null;
}

/**
 * Takes from a target what shows protected persons, before anything else of a run: first what
 * refers to them loses that, then they go. What is refused stays as a failed message, and goes
 * again with the run's plan; where a guard holds that, with the next run.
 */
export async function retractObjects(
  target: Target,
  run: string,
  retraction: Retraction,
  sink: ObjectSink,
  limits: SinkLimits,
  context: DeliveryContext,
): Promise<DeliveryCounts> {
  const counts = newCounts();
  const steps = stepsOf(target, retraction);
  await context.store.messages.put(
    steps.flat().map((step) => messageOf(target, run, step, context.now())),
  );
  const until = context.now() + context.patienceMs;
  for (let pause = 1; ; pause++) {
    counts.outage = await tellAll(target, steps, sink, limits, counts, context);
    context.signal.throwIfAborted();
    if (counts.held !== null) return counts;
    const open = (await openOf(target, steps.flat(), context)).filter(isUnderWay);
    if (open.length === 0) return counts;
    const due = Math.min(...open.map(({ notBefore }) => notBefore)) - context.now();
    const { outage } = counts;
    const pauseMs =
      outage === null ? 1 : backoffMs(pause, target.flow.delivery, outage.retryAfterMs);
    const wait = Math.max(due, pauseMs);
    if (context.now() + wait > until) return counts;
    await context.sleep(wait, context.signal);
  }
}

/** In turns: what refers to others before what it refers to, and losses before deletions. */
function stepsOf({ kinds }: Target, { updates, removals }: Retraction): readonly Step[][] {
  const losses = kinds.map((kind) =>
    (updates.get(kind) ?? []).map(({ row, object }): Step => ({ kind, row, object })),
  );
  const deletions = kinds.map((kind) =>
    (removals.get(kind) ?? []).map((row): Step => ({ kind, row, object: null })),
  );
  return [...losses.reverse(), ...deletions.reverse()].filter(({ length }) => length > 0);
}

/** Tells the target all that is due; answers why it is out, if it is. */
async function tellAll(
  target: Target,
  steps: readonly Step[][],
  sink: ObjectSink,
  limits: SinkLimits,
  counts: DeliveryCounts,
  context: DeliveryContext,
): Promise<Failure | null> {
  const total = steps.flat().length;
  const about = { sink, ambiguous: new Map(), lenient: () => false, limits, counts, total };
  const handling = handlingOf(target, about, { ...context, withheld: new Set() });
  const { circuit } = handling;
  for (const step of steps) {
    const [first] = step;
    if (first === undefined) continue;
    const decisions = await decideSteps(target, first.kind, step, context);
    await tellInBatches(target, first.kind, decisions, [], handling);
    if (handling.signal.aborted) return circuit.outage;
  }
  await settle(circuit.rest(), handling);
  return circuit.outage;
}

/** Of what is due now: what the target is to be told, by what it has confirmed. */
async function decideSteps(
  target: Target,
  kind: TargetKind,
  steps: readonly Step[],
  context: DeliveryContext,
): Promise<readonly Operate[]> {
  const open = await openOf(target, steps, context);
  const due = new Map(
    open
      .filter((one) => isUnderWay(one) && one.notBefore <= context.now())
      .map((one) => [one.id, one]),
  );
  const objects = steps.flatMap(({ row, object }) => [row.object, ...(object ? [object] : [])]);
  const references = await findReferences(target.name, kind, objects, context.store);
  return steps.flatMap((step) => {
    const message = due.get(idOfStep(target, step));
    return message === undefined ? [] : [operateOf(message, step, references)];
  });
}

function operateOf(message: Message, { kind, row, object }: Step, references: References): Operate {
  const { key, origin } = { key: row.ref.key, origin: row.ref.origin };
  const { unit, suspendedSince, remoteId } = row;
  const suspends = object !== null && suspendedSince !== null;
  // What is uncertain of the rest stays so: the plan sees to it.
  const hash = object === null || row.hash === '' ? row.hash : digestOf(object);
  const action = object === null ? 'delete' : 'update';
  const about = { action, key, formerKey: null, object } as const;
  const entry = { ...about, origin, unit, unitNow: '', hash, row, suspendedSince } as const;
  const before = message.inDoubt ? NOTHING_KNOWN : lastDelivered(row, references);
  const sent = object === null ? {} : sentWith(object, row, kind, references);
  const operation = {
    ...{ ...about, ...before, objectKind: kind.kind, suspends, fields: kind.fields },
    ...{ remoteId, references: sent },
  };
  return { kind: 'operate', message, entry, operation, without: null };
}

/** The target's ids of what stays referred to: as they are by now, else as they were sent. */
function sentWith(
  object: JsonObject,
  row: LedgerRow,
  kind: TargetKind,
  references: References,
): Readonly<Record<string, string>> {
  const names = new Set(namesIn(object, kind));
  const former = Object.entries(row.references ?? {}).filter(([name]) => names.has(name));
  return { ...Object.fromEntries(former), ...references.remoteIdsOf(object) };
}

function openOf(target: Target, steps: readonly Step[], { store }: DeliveryContext) {
  return store.messages.get(steps.map((step) => idOfStep(target, step)));
}

function idOfStep(target: Target, { kind, row }: Step): string {
  return deliveryId(target.name, kind.kind, row.ref.key);
}

function messageOf(target: Target, run: string, { kind, row, object }: Step, at: number): Message {
  const action = object === null ? 'delete' : 'update';
  return delivery(target, run, kind, { ...row.ref, action }, at);
}
