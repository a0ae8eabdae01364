import { isList } from '../message/digest.ts';
import type { Entity, Json, JsonObject } from '../message/message.ts';
import type { InverseRelation } from '../schema/canonical.ts';

/** One item of an inverse relation, and the entity that it belongs to. */
export interface InverseItem {
  readonly to: string;
  readonly item: JsonObject;
}

/**
 * What an entity adds to the inverse relations of those that it refers to. For a plain reference
 * (duty.person) the item is the referring entity; for one in a list
 * (group.groupMemberships[].person) it is the list's item with the referring entity, less that
 * list, under its kind's name.
 */
export function inverseItems(entity: Entity, relation: InverseRelation): readonly InverseItem[] {
  const [listField, mark, ...rest] = relation.path;
  if (mark !== '[]' || listField === undefined) {
    const to = idAt(entity, relation.path);
    return to === null ? [] : [{ to, item: entity }];
  }
  const list = entity[listField];
  if (!isList(list)) return [];
  const { [listField]: _list, ...owner } = entity;
  return list.flatMap((item) => {
    const to = idAt(item, rest);
    if (to === null || !isObject(item)) return [];
    return [{ to, item: { ...item, [relation.kind]: owner } }];
  });
}

function idAt(value: Json, path: readonly string[]): string | null {
  let at: Json | undefined = value;
  for (const step of [...path, 'id']) at = isObject(at) ? at[step] : undefined;
  return typeof at === 'string' ? at : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
