import { randomUUID } from 'node:crypto';
import { Failure } from '../failure/failure.ts';
import type { Target, TargetKind, UniqueField } from '../flow/target.ts';
import { foldCase } from '../message/canonical-text.ts';
import type { Json, JsonObject, Message } from '../message/message.ts';
import { replaceReferences, valuesAt } from '../message/reference-walk.ts';
import { plainRow } from '../store/ledger-store.ts';
import type { Store } from '../store/store.ts';
import { decide, type Operate } from './batch/decide.ts';
import type { HandleContext } from './batch/handling.ts';
import { type DeliveryCounts, progressOf } from './delivery.ts';

/**
 * Tries again what was refused because another object had its key, as long as that helps: the other
 * may have gone or been renamed in the same run. Where several hold one another's keys, one of them
 * steps aside first.
 */
export async function retryTakenKeys(
  target: Target,
  counts: DeliveryCounts,
  handling: HandleContext,
  deliverInOrder: () => Promise<void>,
): Promise<void> {
  const { store, signal } = handling;
  for (let before = 0; !signal.aborted; ) {
    const taken = await takenOf(counts, store);
    if (taken.length === 0) return;
    const isUntied = await untie(target, taken, handling);
    const progress = progressOf(counts);
    if (progress === before && !isUntied) return;
    before = progress;
    await store.messages.put(taken.map((message) => ({ ...message, state: 'waiting' })));
    counts.failed -= taken.length;
    await deliverInOrder();
  }
}

/** What was refused in this delivery, and has not been settled since. */
async function takenOf(
  { taken }: DeliveryCounts,
  { messages }: Store,
): Promise<readonly Message[]> {
  const found = await messages.get([...taken]);
  taken.clear();
  return found.filter(({ state }) => state === 'failed');
}

/** Lets one object of each circle step aside; true if one did. */
async function untie(
  target: Target,
  taken: readonly Message[],
  handling: HandleContext,
): Promise<boolean> {
  let isUntied = false;
  for (const kind of target.kinds) {
    const own = taken.filter(({ objectKind }) => objectKind === kind.kind);
    if (own.length < 2 || kind.unique.length === 0) continue;
    const decisions = await decide(target, kind, own, { ...handling, lenient: () => false });
    const updates = decisions.filter(
      (one): one is Operate => one.kind === 'operate' && confirmedBy(one) !== null,
    );
    const objects = await heldBy(updates, kind, handling);
    for (const field of kind.unique) {
      for (const first of circlesOf(updates, objects, field)) {
        if (await stepAside(first, field, handling)) isUntied = true;
      }
    }
  }
  return isUntied;
}

/** One of each circle of objects that want what the next one of them holds. */
function circlesOf(
  updates: readonly Operate[],
  objects: ReadonlyMap<Operate, JsonObject>,
  { path, ignoreCase }: UniqueField,
): readonly Operate[] {
  const namesIn = (object: JsonObject | null) => {
    const values = [...valuesAt(object ?? {}, path)].filter((value) => typeof value === 'string');
    return new Set(ignoreCase ? values.map(foldCase) : values);
  };
  const heldOf = (one: Operate) => namesIn(objects.get(one) ?? null);
  const holders = new Map(updates.flatMap((one) => [...heldOf(one)].map((name) => [name, one])));
  const next = (one: Operate) => {
    // Whoever keeps a name wants nobody else's.
    const wanted = namesIn(one.operation.object).difference(heldOf(one));
    return [...wanted].map((name) => holders.get(name)).find((holder) => holder !== undefined);
  };
  const seen = new Set<Operate>();
  return updates.flatMap((start) => {
    const path = new Set<Operate>();
    let at: Operate | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      path.add(at);
      seen.add(at);
      at = next(at);
    }
    return at !== undefined && path.has(at) ? [at] : [];
  });
}

/** What the target has confirmed of an object: of one in doubt, before that. */
function confirmedBy({ operation, entry }: Operate): JsonObject | null {
  return operation.previous ?? entry.row?.object ?? null;
}

/** What the target holds: as it has confirmed, or as it shows it where any of that is in doubt. */
async function heldBy(
  updates: readonly Operate[],
  { kind }: TargetKind,
  { sink, signal }: HandleContext,
): Promise<ReadonlyMap<Operate, JsonObject>> {
  const held = new Map<Operate, JsonObject>();
  for (const one of updates) held.set(one, confirmedBy(one) ?? {});
  if (sink.readBack === undefined || !updates.some(({ message }) => message.inDoubt)) return held;
  const byId = new Map(updates.map((one) => [one.operation.remoteId, one]));
  try {
    for await (const { remoteId, object } of sink.readBack(kind, signal)) {
      const one = remoteId === null ? undefined : byId.get(remoteId);
      if (one !== undefined) held.set(one, object);
    }
  } catch (failure) {
    // What has been confirmed is the best that is known then.
    if (!(failure instanceof Failure)) throw failure;
  }
  return held;
}

/**
 * Gives an object a name that nobody has, until its own is free. The ledger says so first, without
 * being certain: whatever interrupts this, the next plan gives it the wanted name.
 */
async function stepAside(
  decided: Operate,
  { path }: UniqueField,
  { store, sink, signal }: HandleContext,
): Promise<boolean> {
  const { operation } = decided;
  const { row } = decided.entry;
  const before = confirmedBy(decided);
  const { formerReferences: references = row?.references ?? {} } = operation;
  if (row === null || before === null) return false;
  const object = replaceReferences(before, path, aside);
  await store.ledger.write([{ ...plainRow(row), object, hash: '' }], []);
  try {
    const [outcome] = await sink.apply([{ ...operation, object, references }], signal);
    return outcome !== undefined && outcome.kind !== 'failed';
  } catch (failure) {
    // It holds its former name still, or this one: both give way to the wanted one.
    if (failure instanceof Failure) return false;
    throw failure;
  }
}

/** A name like this one, in the same domain. */
function aside(name: Json): Json {
  if (typeof name !== 'string') return name;
  const [local = '', ...domain] = name.split('@');
  return [`${local}-${randomUUID().slice(0, 8)}`, ...domain].join('@');
}
