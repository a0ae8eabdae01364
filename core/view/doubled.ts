import type { Entity } from '../message/message.ts';
import { uniqueRules } from '../schema/annotation/unique.ts';
import type { CanonicalSchemas } from '../schema/canonical.ts';
import type { Rivals, ViewedEntities, Views } from './views.ts';

/** Whom of a kind others share an account with. */
export async function rivalsOf(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
  kind: string,
): Promise<readonly Rivals[]> {
  const rules = uniqueRules(canonical.get(kind)?.schema ?? {});
  if (rules.every(({ withheld }) => withheld === null)) return [];
  return (await entities.doubles(kind)).flatMap(({ as, ids }) => {
    const field = rules.find((rule) => rule.as === as)?.withheld ?? null;
    return field === null ? [] : [{ field, ids }];
  });
}

/**
 * The fields that each of these entities does not show in a target: another one that is in it as
 * well has the value, and had it first. A target of single operations refuses that by itself.
 */
export async function keptByOthers(
  kind: string,
  ids: ReadonlySet<string>,
  views: Views,
  isIn: (view: Entity) => boolean,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const { field, ids: rivals } of await views.rivals(kind)) {
    const later = rivals.slice(1).filter((id) => ids.has(id));
    if (later.length === 0) continue;
    const lookup = await views.lookup(rivals.map((id) => ({ kind, id })));
    const entities = rivals.flatMap((id) => lookup(kind, id) ?? []);
    const seen = await views.of(kind, entities);
    const owner = seen.find((view) => view !== null && isIn(view));
    for (const id of later) {
      if (owner === undefined || owner === null || owner.id === id) continue;
      found.set(id, [...(found.get(id) ?? []), field]);
    }
  }
  return found;
}
