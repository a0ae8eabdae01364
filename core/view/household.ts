import { isList } from '../message/digest.ts';
import type { Entity, Json } from '../message/message.ts';
import type { ViewedEntities } from './views.ts';

/**
 * Who may live at the same address as these persons: their guardians and children, their siblings
 * by a shared guardian, and those who share a child with them. The relation is symmetric, so it
 * gives the same answer from either side.
 */
export async function householdOf(
  entities: ViewedEntities,
  persons: readonly Entity[],
): Promise<ReadonlySet<string>> {
  const household = new Set<string>();
  for (const person of persons) {
    const guardians = responsiblesOf(person);
    const siblings = await childrenOf(entities, guardians);
    const children = await childrenOf(entities, [person.id]);
    const partners = await responsiblesOfAll(entities, children);
    for (const id of [...guardians, ...siblings, ...children, ...partners]) household.add(id);
    household.delete(person.id);
  }
  return household;
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

async function childrenOf(entities: ViewedEntities, ids: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(ids.map((id) => entities.referrers({ kind: 'person', id })));
  return lists.flat().flatMap((referrer) => (referrer.kind === 'person' ? [referrer.id] : []));
}

async function responsiblesOfAll(
  entities: ViewedEntities,
  ids: readonly string[],
): Promise<string[]> {
  const children = await entities.get('person', ids);
  return children.flatMap(({ entity }) => responsiblesOf(entity));
}
