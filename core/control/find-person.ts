import { isList } from '../message/digest.ts';
import type { Entity, Json } from '../message/message.ts';
import type { Store } from '../store/store.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOST = 20;

/**
 * The persons that a service desk's word may mean: a hub id, a source's id (`register:<id>`), a
 * personal number, a school account's name or address, or a whole name. At most twenty.
 */
export async function findPersons(store: Store, word: string): Promise<readonly Entity[]> {
  const wanted = word.trim();
  if (UUID.test(wanted)) {
    return (await store.entities.get('person', [wanted])).map((one) => one.entity);
  }
  const [, source, externalId] = /^([a-z][\w-]*):(.+)$/.exec(wanted) ?? [];
  if (source !== undefined && externalId !== undefined) {
    const found = await store.entities.byExternalId(source, 'person', externalId);
    const stored = found === null ? [] : await store.entities.get('person', [found.id]);
    return stored.map((one) => one.entity);
  }
  const lower = wanted.toLowerCase();
  const found: Entity[] = [];
  for await (const batch of store.entities.scan('person')) {
    for (const { entity } of batch) if (answersTo(entity, lower)) found.push(entity);
    if (found.length >= MOST) break;
  }
  return found.slice(0, MOST);
}

function answersTo(person: Entity, word: string): boolean {
  const { givenName, familyName, civicNo } = person;
  if (`${givenName} ${familyName}`.toLowerCase() === word) return true;
  if (membersOf(civicNo)['value'] === word.replaceAll(/[-\s]/g, '').toUpperCase()) return true;
  const names = listOf(person['eduPersonPrincipalNames']);
  const emails = listOf(person['emails']).map((one) => membersOf(one)['value']);
  return [...names, ...emails].some((one) => String(one).toLowerCase() === word);
}

function listOf(value: Json | undefined): readonly Json[] {
  return value !== undefined && isList(value) ? value : [];
}

function membersOf(value: Json | undefined): Record<string, Json> {
  return typeof value === 'object' && value !== null && !isList(value) ? { ...value } : {};
}
