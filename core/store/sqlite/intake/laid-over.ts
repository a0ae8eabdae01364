import type { EntityRef } from '../../../message/message.ts';
import type { Part, TouchedEntity } from '../../intake-store.ts';
import type { Row } from '../database.ts';
import { partOf, refOf } from './part-row.ts';

/** An entity's present parts, with the staged ones laid over them in the order of staging. */
export function layOver(
  entity: EntityRef,
  present: readonly Row[],
  staged: readonly Row[],
): TouchedEntity {
  const parts = new Map<string, Part>();
  for (const row of present) parts.set(sortKeyOf(row), partOf(row));
  const hashes = new Map<string, Set<string>>();
  for (const row of staged) {
    const key = sortKeyOf(row);
    if (row['content'] === null) {
      parts.delete(key);
      continue;
    }
    const part = partOf(row);
    parts.set(key, part);
    const came = hashes.get(key) ?? new Set();
    hashes.set(key, came.add(part.hash));
  }
  const sorted = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
  const repeated = sorted.filter(([key]) => (hashes.get(key)?.size ?? 0) > 1);
  return { entity, parts: sorted.map(partAt), repeated: repeated.map(partAt) };
}

/** Staged rows by the name of their entity, each in their order. */
export function byEntity(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const name = nameOf(refOf(row));
    const own = found.get(name);
    if (own === undefined) found.set(name, [row]);
    else own.push(row);
  }
  return found;
}

export function nameOf({ kind, id }: EntityRef): string {
  return `${kind}/${id}`;
}

function partAt([, part]: readonly [string, Part]): Part {
  return part;
}

function sortKeyOf(row: Row): string {
  return `${row['source']}\u0000${row['stream']}\u0000${row['part']}`;
}
