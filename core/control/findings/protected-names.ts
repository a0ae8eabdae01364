import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import { digestOf, isObject } from '../../message/digest.ts';
import type { Entity, EntityRef } from '../../message/message.ts';
import { lookupTerms, mentioned } from '../../schema/annotation/lookup.ts';
import type { Store } from '../../store/store.ts';
import type { Looking } from '../looking.ts';
import { whereSaid } from './entity-findings.ts';
import { searchOnce } from './kept-search.ts';

const PERSON = 'person';
/** Kinds with a title that people write. */
const TITLED = new Set(['group', 'activity']);
/** By what a person belongs to an activity. */
const BETWEEN = new Set(['group', 'duty']);
/** The end of `Eks`, `Ek:s` and `Ek's`. */
const OF_SOMEBODY = /(?<=\p{L}\p{M}?)[:'’]?s(?![\p{L}\p{M}])/giu;

/**
 * Groups and activities whose title holds the name of a protected person who is or was in them: the
 * person is in no target, and the name is.
 */
export async function protectedNames({
  store,
}: Pick<Looking, 'store'>): Promise<readonly Finding[]> {
  const said = await store.protections.all();
  const ids = new Set(said.flatMap(({ entity: { kind, id } }) => (kind === PERSON ? [id] : [])));
  if (ids.size === 0) return [];
  const { until } = await store.entities.changes(Number.MAX_SAFE_INTEGER);
  const state = digestOf([until, ...ids]);
  return searchOnce(store, 'protected names', state, async () => {
    const named = new Map<string, Entity>();
    for (const { entity } of await store.entities.get(PERSON, [...ids])) {
      for (const [name, one] of await titlesNaming(entity, store)) named.set(name, one);
    }
    return Promise.all([...named].sort().map(([name, one]) => inWords(name, one, store)));
  });
}

/** By `kind id`. */
async function titlesNaming(
  person: Entity,
  { entities }: Store,
): Promise<ReadonlyMap<string, Entity>> {
  const found = new Map<string, Entity>();
  for (const [kind, ids] of await belongingTo(person.id, entities)) {
    for (const { entity } of await entities.get(kind, [...ids])) {
      if (isNamedIn(person, String(entity['displayName'] ?? ''))) {
        found.set(`${kind} ${entity.id}`, entity);
      }
    }
  }
  return found;
}

/** Ids of what is titled and has the person in it, by kind. */
async function belongingTo(
  id: string,
  entities: Store['entities'],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  const add = ({ kind, id: one }: EntityRef) => {
    if (TITLED.has(kind)) found.set(kind, (found.get(kind) ?? new Set<string>()).add(one));
  };
  const near = (await entities.referrers([{ kind: PERSON, id }])).flat();
  const between = near.filter(({ kind }) => BETWEEN.has(kind));
  for (const one of [near, ...(await entities.referrers(between))].flat()) add(one);
  return found;
}

/** Of several given names one is enough; whose group it is ends in an s, as a name may too. */
function isNamedIn({ givenName, familyName }: Entity, title: string): boolean {
  if (typeof givenName !== 'string' || typeof familyName !== 'string') return false;
  const spoken = [title, title.replaceAll(OF_SOMEBODY, '')];
  return givenName.split(' ').some((given) => {
    const whole = lookupTerms(`${given} ${familyName}`).filter(({ as }) => as === 'name');
    return whole.some((term) => mentioned(term, spoken));
  });
}

async function inWords(name: string, titled: Entity, store: Store): Promise<Finding> {
  const [kind = ''] = name.split(' ');
  const { id, organisation } = titled;
  const unit = isObject(organisation) ? String(organisation['id']) : '';
  const where = await whereSaid(store, kind, 'displayName', [id], 1);
  const said = saying('protectedNamed', { kind, id, unit, where });
  return finding({ kind: 'named', name, subject: `canonical ${kind}` }, 'PROTECTED_NAMED', said);
}
