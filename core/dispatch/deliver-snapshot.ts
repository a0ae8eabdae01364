import type { SnapshotSink } from '../connector/connector.ts';
import type { JsonObject, ObjectRef } from '../message/message.ts';
import { type Change, type Entry, isChange } from '../plan/compare.ts';
import { planTarget } from '../plan/plan.ts';
import type { PlanSurroundings } from '../plan/plan-batch.ts';
import type { Target } from '../plan/target.ts';
import type { LedgerRow } from '../store/ledger-store.ts';

export interface SnapshotSurroundings extends PlanSurroundings {
  readonly run: string;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Objects written so far. */
  readonly onWritten: (objects: number) => void;
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
  const { ledger, signal } = with_;
  await ledger.withdraw(target.name);
  const writer = await sink.begin(signal);
  let written = 0;
  try {
    for await (const { kind, entries } of planTarget(target, with_)) {
      signal.throwIfAborted();
      const objects = entries.flatMap(objectOf);
      await writer.write(kind.kind, objects);
      await propose(target, kind.kind, entries.filter(isChange), with_);
      written += objects.length;
      with_.onWritten(written);
    }
    await writer.commit();
  } catch (failure) {
    await writer.abort();
    await ledger.withdraw(target.name);
    throw failure;
  }
  await ledger.confirm(target.name);
}

/** The name of the wish that a target that takes whole sets gets its set again. */
export function rewriteName(target: string): string {
  return `rewrite ${target}`;
}

function objectOf({ action, object, row }: Entry): readonly JsonObject[] {
  const present = action === 'kept' ? (row?.object ?? null) : object;
  return present === null ? [] : [present];
}

async function propose(
  target: Target,
  objectKind: string,
  changes: readonly Change[],
  { ledger, run, now }: SnapshotSurroundings,
): Promise<void> {
  if (changes.length === 0) return;
  const rows: LedgerRow[] = [];
  const removals: ObjectRef[] = [];
  for (const { origin, unit, key, formerKey, object, hash } of changes) {
    const ref = { target: target.name, objectKind, origin, key };
    if (formerKey !== null) removals.push({ ...ref, key: formerKey });
    if (object === null) removals.push(ref);
    else {
      const confirmed = { remoteId: null, run, confirmedAt: now(), leavingSince: null };
      rows.push({ ref, unit, hash, object, ...confirmed });
    }
  }
  await ledger.propose(rows, removals);
}
