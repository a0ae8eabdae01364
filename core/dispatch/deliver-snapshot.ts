import type { SnapshotSink } from '../connector/connector.ts';
import type { JsonObject, ObjectRef } from '../message/message.ts';
import { type Entry, isChange } from '../plan/compare.ts';
import { type PlanSurroundings, planTarget } from '../plan/plan.ts';
import type { Target } from '../plan/target.ts';
import type { LedgerRow } from '../store/store.ts';

/** Changes up to this number are remembered from writing to confirming; more are planned anew. */
const MOST_REMEMBERED = 50_000;

export interface SnapshotSurroundings extends PlanSurroundings {
  readonly run: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Objects written so far. */
  readonly onWritten: (objects: number) => void;
}

/** Changes of one object kind. */
interface Changes {
  readonly objectKind: string;
  readonly entries: readonly Entry[];
}

/**
 * Writes the whole set that a target should hold, puts it in place, and only then takes the changes
 * into the ledger. An object that cannot be made now appears as it was last delivered. A crash in
 * between repeats the same set.
 */
export async function deliverSnapshot(
  target: Target,
  sink: SnapshotSink,
  with_: SnapshotSurroundings,
): Promise<void> {
  const writer = await sink.begin(with_.signal);
  const remembered: Changes[] = [];
  let changed = 0;
  let written = 0;
  try {
    for await (const { kind, entries } of planTarget(target, with_)) {
      with_.signal.throwIfAborted();
      const objects = entries.flatMap(objectOf);
      await writer.write(kind.kind, objects);
      written += objects.length;
      with_.onWritten(written);
      const changes = { objectKind: kind.kind, entries: entries.filter(isChange) };
      changed += changes.entries.length;
      if (changed <= MOST_REMEMBERED) remembered.push(changes);
    }
    await writer.commit();
  } catch (failure) {
    await writer.abort();
    throw failure;
  }
  if (changed <= MOST_REMEMBERED) {
    for (const changes of remembered) await confirm(target, changes, with_);
  } else {
    await confirmAnew(target, with_);
  }
}

/** Plans the same again, since the entities have not changed, and confirms batch by batch. */
async function confirmAnew(target: Target, with_: SnapshotSurroundings): Promise<void> {
  for await (const { kind, entries } of planTarget(target, with_)) {
    await confirm(target, { objectKind: kind.kind, entries: entries.filter(isChange) }, with_);
  }
}

function objectOf({ action, object, row }: Entry): readonly JsonObject[] {
  const present = action === 'kept' ? (row?.object ?? null) : object;
  return present === null ? [] : [present];
}

async function confirm(
  target: Target,
  { objectKind, entries }: Changes,
  { ledger, run, now }: SnapshotSurroundings,
): Promise<void> {
  if (entries.length === 0) return;
  const rows: LedgerRow[] = [];
  const removals: ObjectRef[] = [];
  for (const { origin, unit, key, formerKey, object, hash } of entries) {
    const ref = { target: target.name, objectKind, origin, key };
    if (formerKey !== null) removals.push({ ...ref, key: formerKey });
    if (object === null) removals.push(ref);
    else {
      const confirmed = { remoteId: null, run, confirmedAt: now(), leavingSince: null };
      rows.push({ ref, unit, hash, object, ...confirmed });
    }
  }
  await ledger.write([], removals);
  await ledger.write(rows, []);
}
