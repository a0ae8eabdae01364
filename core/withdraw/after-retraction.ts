import type { TargetKind } from '../flow/target.ts';
import { digestOf } from '../message/digest.ts';
import type { Entry } from '../plan/compare.ts';
import type { PlanBatch } from '../plan/plan-batch.ts';
import { plainRow } from '../store/ledger-store.ts';
import type { Retraction, Update } from './retraction.ts';

/** What is left of a plan, batch by batch, once what protection takes has gone first. */
export function afterRetraction({
  removals,
  updates,
}: Pick<Retraction, 'removals' | 'updates'>): (batch: PlanBatch) => PlanBatch {
  const gone = byKind(removals, ({ ref }) => ref.key);
  const told = byKind(updates, ({ row }) => row.ref.key);
  return (batch) => {
    const { kind } = batch.kind;
    const [removed, updated] = [gone.get(kind), told.get(kind)];
    const entries = batch.entries.flatMap((entry) => {
      const key = entry.row?.ref.key ?? '';
      if (removed?.has(key) === true) return withoutRow(entry);
      const update = updated?.get(key);
      return update === undefined ? [entry] : [withRow(entry, update)];
    });
    return { ...batch, entries };
  };
}

function byKind<T>(
  lists: ReadonlyMap<TargetKind, readonly T[]>,
  keyOf: (one: T) => string,
): ReadonlyMap<string, ReadonlyMap<string, T>> {
  return new Map(
    [...lists].map(([{ kind }, list]) => [kind, new Map(list.map((one) => [keyOf(one), one]))]),
  );
}

/** Somebody else's object under the key of one that has gone is a new one. */
function withoutRow(entry: Entry): readonly Entry[] {
  return entry.object === null ? [] : [{ ...entry, action: 'create', formerKey: null, row: null }];
}

function withRow(entry: Entry, { row, object }: Update): Entry {
  const hash = digestOf(object);
  const isDone = entry.action === 'update' && entry.hash === hash;
  const action = isDone ? 'same' : entry.action;
  return { ...entry, action, row: { ...plainRow(row), object, hash } };
}
