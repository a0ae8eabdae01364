import type { Entity } from '../../message/message.ts';
import { type Engine, targetOfFlow } from '../../run/engine.ts';
import { lookupTerms } from '../../schema/annotation/lookup.ts';
import { audit } from '../audit.ts';
import { findSetAside } from './set-aside.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOST = 20;

interface FoundPersons {
  /** At most twenty of them. */
  readonly persons: readonly Entity[];
  readonly count: number;
}

/** Who may be meant, audited: those that are stored, and those that are set aside. */
export async function findPersons(
  engine: Engine,
  word: string,
  who: string,
  reason: string,
): Promise<readonly PersonHint[]> {
  const schema = engine.workspace.canonical.get('person');
  const { persons, count } = await personsMeant(engine, word);
  const aside = await findSetAside(engine, word.trim());
  const known = [...persons, ...aside.map(({ entity }) => entity)].map(({ id }) => id);
  const left = known.length === 0 ? await idsLeft(engine, word.trim()) : [];
  const ids = [...known, ...left];
  const subject = [`${count + aside.length + left.length} found`, ...ids].join(' ');
  await audit(engine, who, 'find person', subject, reason);
  return [
    ...persons.map((person) => hintOf(person, schema?.isProtected(person) !== false)),
    ...aside.map(({ entity: { id }, isProtected }) => {
      return { id, name: '(set aside)', birthYear: null, isProtected };
    }),
    ...left.map((id) => ({ id, name: '(left)', birthYear: null, isProtected: false })),
  ];
}

/** The id again, where no source speaks of this person any more and a target holds something. */
async function idsLeft(engine: Engine, id: string): Promise<readonly string[]> {
  const { ledger, protections } = engine.store;
  if (!UUID.test(id)) return [];
  if ((await protections.all()).some(({ entity }) => entity.id === id)) return [];
  for (const flow of engine.workspace.flows) {
    const { name, kinds } = targetOfFlow(engine, flow);
    for (const { kind } of kinds) {
      const rows = await ledger.byOrigins(name, kind, [{ kind: 'person', id }]);
      if (rows.length > 0) return [id];
    }
  }
  return [];
}

/**
 * The persons that a service desk's word may mean: a hub id, a source's id (`register:<id>`), a
 * personal number, a school account's name or address, or a whole name. A protected person answers
 * to ids and numbers alone: a name would tell whoever tries it that the person is known here.
 */
async function personsMeant(engine: Engine, word: string): Promise<FoundPersons> {
  const { entities } = engine.store;
  const wanted = word.trim();
  const named = await namedPerson(engine, wanted);
  const ids = named === null ? await idsByTerms(engine, wanted) : new Map([[named, true]]);
  const schema = engine.workspace.canonical.get('person');
  const persons = (await entities.get('person', [...ids.keys()]))
    .map(({ entity }) => entity)
    .filter((person) => ids.get(person.id) === true || schema?.isProtected(person) === false);
  return { persons: persons.slice(0, MOST), count: persons.length };
}

/** The person that the word names by an id; null where it is no id. */
async function namedPerson({ store }: Engine, word: string): Promise<string | null> {
  if (UUID.test(word)) return word;
  const [, source, externalId] = /^([a-z][\w-]*):(.+)$/.exec(word) ?? [];
  if (source === undefined || externalId === undefined) return null;
  return (await store.entities.byExternalId(source, 'person', externalId))?.id ?? null;
}

/** Who answers to the word, and whether by a number. */
async function idsByTerms({ store, identity }: Engine, word: string) {
  const terms = new Map(lookupTerms(word).map((term) => [identity.lookupOf(term), term.as]));
  const found = new Map<string, boolean>();
  for await (const page of store.entities.byLookups('person', new Set(terms.keys()))) {
    for (const { id, by } of page)
      found.set(
        id,
        by.some((one) => terms.get(one) === 'number'),
      );
  }
  return found;
}

/** A person as a list for choosing shows one: enough to tell apart, nothing of protected ones. */
export interface PersonHint {
  readonly id: string;
  readonly name: string;
  readonly birthYear: string | null;
  readonly isProtected: boolean;
}

export function hintOf(person: Entity, isProtected: boolean): PersonHint {
  const { id, givenName, familyName, birthDate } = person;
  if (isProtected) return { id, name: '(protected)', birthYear: null, isProtected };
  const birthYear = typeof birthDate === 'string' ? birthDate.slice(0, 4) : null;
  return { id, name: `${givenName} ${familyName}`, birthYear, isProtected };
}
