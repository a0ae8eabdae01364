import { isObject, type Json, type JsonObject } from '../../core/plugin.ts';

/**
 * A group with its members in the order of their ids: a provider may give them in another order
 * every time, and nothing has changed by that. Of guardians or addresses a first one may be meant.
 */
export function inOrder(entity: JsonObject): JsonObject {
  const { groupMemberships: list } = entity;
  if (!Array.isArray(list) || list.length < 2) return entity;
  const keyed = list.map((item: Json) => [keyOf(item), item] as const);
  const sorted = keyed.sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...entity, groupMemberships: sorted.map(([, item]) => item) };
}

/** The id of the person, and then all that is said of the membership. */
function keyOf(item: Json): string {
  const person = isObject(item) ? item['person'] : null;
  return `${isObject(person) ? person['id'] : null} ${JSON.stringify(item)}`;
}
