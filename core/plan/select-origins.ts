import type { Target, TargetKind } from '../flow/target.ts';
import { inBatches } from '../message/batches.ts';
import type { EntityRef } from '../message/message.ts';
import { valuesAt } from '../message/reference-walk.ts';
import type { EntityStore } from '../store/entity-store.ts';
import type { LedgerRow, LedgerStore } from '../store/ledger-store.ts';
import type { KnownKeys } from './known-keys.ts';
import { mergeByOrigin, type OriginGroup } from './merge-by-origin.ts';
import type { PlanContext } from './plan-batch.ts';
import type { Projected } from './project.ts';
import type { Affected } from './scope/dependents.ts';

const BATCH = 500;

/** What `mergeByOrigin` gives, for these entities of one kind alone: in order of their ids. */
export async function* selectOrigins(
  ids: ReadonlySet<string>,
  originKind: string,
  entities: Pick<EntityStore, 'get'>,
  rowsOf: (origins: readonly EntityRef[]) => Promise<readonly LedgerRow[]>,
): AsyncGenerator<readonly OriginGroup[]> {
  const ordered = [...ids].sort();
  for (const batch of inBatches(ordered, BATCH)) {
    const stored = await entities.get(originKind, batch);
    const byId = new Map(stored.map((one) => [one.entity.id, one]));
    const held = await rowsOf(batch.map((id) => ({ kind: originKind, id })));
    const rows = Map.groupBy(held, ({ ref }) => ref.origin.id);
    yield batch.map((id) => ({ id, stored: byId.get(id) ?? null, rows: rows.get(id) ?? [] }));
  }
}

/**
 * Lets the known keys preload what the target holds from other entities: what these objects may
 * refer to, and whose keys they must not take.
 */
export async function preload(
  { name }: Target,
  kind: TargetKind,
  projected: readonly Projected[],
  known: KnownKeys,
  only: Affected,
  ledger: LedgerStore,
): Promise<void> {
  const wanted = projected.flatMap((one) => one.wanted);
  const preloadRows = async (objectKind: string, keys: ReadonlySet<string>) => {
    for (const { ref, hash } of await ledger.byKeys(name, objectKind, [...keys])) {
      const isLookedAt = only.get(ref.origin.kind)?.has(ref.origin.id) === true;
      if (!isLookedAt) known.preload(objectKind, ref.key, hash);
    }
  };
  await preloadRows(kind.kind, new Set(wanted.map(({ key }) => key)));
  for (const { path, kind: to } of kind.references) {
    const keys = wanted.flatMap(({ object }) => [...valuesAt(object, path)]);
    await preloadRows(to, new Set(keys.filter((key) => typeof key === 'string')));
  }
}

/** Entities in order of their ids, each with the rows that it gave: all of them, or some. */
export function originsOf(
  { name }: Target,
  { kind }: TargetKind,
  originKind: string,
  { entities, ledger, only }: PlanContext,
): AsyncIterable<readonly OriginGroup[]> {
  if (only == null) {
    return mergeByOrigin(entities.scan(originKind), ledger.scan(name, kind, originKind));
  }
  const rowsOf = (origins: readonly EntityRef[]) => ledger.byOrigins(name, kind, origins);
  return selectOrigins(only.get(originKind) ?? new Set(), originKind, entities, rowsOf);
}
