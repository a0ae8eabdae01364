import { randomUUID } from 'node:crypto';
import type { Operation } from '../connector/sink.ts';
import { Failure } from '../failure/failure.ts';
import type { Target, TargetKind } from '../flow/target.ts';
import { foldCase } from '../message/canonical-text.ts';
import type { JsonObject, Message } from '../message/message.ts';
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
    if (own.length < 2 || kind.match.length === 0) continue;
    const decisions = await decide(target, kind, own, { ...handling, lenient: () => false });
    const updates = decisions.filter(
      (one): one is Operate => one.kind === 'operate' && confirmedBy(one) !== null,
    );
    const objects = await heldBy(updates, kind, handling);
    for (const { field } of kind.match) {
      for (const first of circlesOf(updates, objects, kind, field)) {
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
  { match }: TargetKind,
  field: string,
): readonly Operate[] {
  const ignoresCase = match.some((one) => one.field === field && one.ignoreCase === true);
  const nameIn = (object: Operation['object']) => {
    const value = object?.[field];
    if (typeof value !== 'string') return null;
    return ignoresCase ? foldCase(value) : value;
  };
  const holders = new Map(updates.map((one) => [nameIn(objects.get(one) ?? null), one]));
  const next = (one: Operate) => {
    const wanted = nameIn(one.operation.object);
    return wanted === null ? undefined : holders.get(wanted);
  };
  const seen = new Set<Operate>();
  return updates.flatMap((start) => {
    const path = new Set<Operate>();
    let at: Operate | undefined = start;
    // Whoever keeps this key wants what it holds itself.
    while (at !== undefined && !seen.has(at) && next(at) !== at) {
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
  field: string,
  { store, sink, signal }: HandleContext,
): Promise<boolean> {
  const { operation } = decided;
  const { row } = decided.entry;
  const before = confirmedBy(decided);
  const { formerReferences: references = row?.references ?? {} } = operation;
  const held = before?.[field];
  if (row === null || typeof held !== 'string') return false;
  const object = { ...before, [field]: aside(held) };
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
function aside(name: string): string {
  const [local = '', ...domain] = name.split('@');
  return [`${local}-${randomUUID().slice(0, 8)}`, ...domain].join('@');
}
