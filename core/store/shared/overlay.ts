import { type EntityRef, entityName } from '../../message/message.ts';
import type { Part, PartRemoval, TouchedEntity } from '../intake-store.ts';

/** What a run has staged of a part, in the order of staging; without content: it goes. */
export type StagedPart = Part | (PartRemoval & { readonly content: null });

/** An entity's present parts, with the staged ones laid over them in the order of staging. */
export function overlay(
  entity: EntityRef,
  present: readonly Part[],
  staged: readonly StagedPart[],
): TouchedEntity {
  const [only, ...more] = staged;
  // Nearly all of a first load.
  if (present.length === 0 && only !== undefined && more.length === 0 && only.content !== null) {
    return { entity, parts: [only], repeated: [] };
  }
  const parts = new Map(present.map((part) => [sortKeyOf(part), part]));
  const hashes = new Map<string, Set<string>>();
  for (const part of staged) {
    const key = sortKeyOf(part);
    if (part.content === null) {
      parts.delete(key);
      continue;
    }
    parts.set(key, part);
    const came = hashes.get(key) ?? new Set();
    hashes.set(key, came.add(part.hash));
  }
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  const repeated = sorted.filter(([key]) => (hashes.get(key)?.size ?? 0) > 1);
  return { entity, parts: sorted.map(partAt), repeated: repeated.map(partAt) };
}

/** Staged or kept parts by the name of their entity, each in their order. */
export function byEntity<P extends PartRemoval>(
  parts: readonly P[],
): ReadonlyMap<string, readonly P[]> {
  return Map.groupBy(parts, ({ entity }) => entityName(entity));
}

function partAt([, part]: readonly [string, Part]): Part {
  return part;
}

function sortKeyOf({ source, stream, part }: PartRemoval): string {
  return `${source}\u0000${stream}\u0000${part}`;
}
