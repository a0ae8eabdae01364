import { isList } from '../message/digest.ts';
import type { Entity, EntityRef, Json } from '../message/message.ts';
import type { ViewedEntities } from './views.ts';

/**
 * Who may live at the same address as each of these persons, in their order: guardians and
 * children, siblings by a shared guardian, and those who share a child with them. The relation is
 * symmetric, so it gives the same answer from either side.
 */
export async function householdsOf(
  entities: ViewedEntities,
  persons: readonly Entity[],
): Promise<readonly ReadonlySet<string>[]> {
  const above = persons.flatMap((person) => [person.id, ...responsiblesOf(person)]);
  const children = await childrenOf(entities, [...new Set(above)]);
  const childrenOfAll = persons.flatMap(({ id }) => children.get(id) ?? []);
  const stored = await entities.get('person', [...new Set(childrenOfAll)]);
  const partners = new Map(stored.map(({ entity }) => [entity.id, responsiblesOf(entity)]));
  return persons.map((person) => {
    const guardians = responsiblesOf(person);
    const siblings = guardians.flatMap((id) => children.get(id) ?? []);
    const own = children.get(person.id) ?? [];
    const others = own.flatMap((id) => partners.get(id) ?? []);
    const household = new Set([...guardians, ...siblings, ...own, ...others]);
    household.delete(person.id);
    return household;
  });
}

function responsiblesOf(person: Entity): readonly string[] {
  const list = person['responsibles'];
  return isList(list) ? list.flatMap(personIdOf) : [];
}

function personIdOf(responsible: Json): readonly string[] {
  if (typeof responsible !== 'object' || responsible === null || isList(responsible)) return [];
  const person = responsible['person'];
  if (typeof person !== 'object' || person === null || isList(person)) return [];
  return typeof person['id'] === 'string' ? [person['id']] : [];
}

async function childrenOf(
  entities: ViewedEntities,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const lists = await entities.referrers(ids.map((id) => ({ kind: 'person', id })));
  const idsIn = (referrers: readonly EntityRef[]) =>
    referrers.flatMap(({ kind, id }) => (kind === 'person' ? [id] : []));
  return new Map(ids.map((id, at) => [id, idsIn(lists[at] ?? [])]));
}
