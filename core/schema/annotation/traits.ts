import type { Entity, JsonObject } from '../../message/message.ts';
import type { LookupTerm } from './lookup.ts';

/** By what one tells an entity from another of its kind. */
export interface Trait {
  readonly as: 'number' | 'born' | 'account' | 'name' | 'word';
  readonly text: string;
}

/**
 * Compiles `x-traits: { born }`: what the entity can be found by, each word of its names, and the
 * value of that field. Of a schema without it nothing is told: its ids are taken at their word.
 */
export function compileTraits(
  schema: JsonObject,
  lookupTerms: (entity: Entity) => readonly LookupTerm[],
): (entity: Entity) => readonly Trait[] {
  const declared = schema['x-traits'];
  if (typeof declared !== 'object' || declared === null || !('born' in declared)) return () => [];
  const field = String(declared['born']);
  return (entity) => {
    const traits: Trait[] = [...lookupTerms(entity)];
    const names = traits.filter(({ as }) => as === 'name');
    for (const word of new Set(names.flatMap(({ text }) => text.split(' ')))) {
      traits.push({ as: 'word', text: word });
    }
    const born = entity[field];
    if (typeof born === 'string') traits.push({ as: 'born', text: born });
    return traits;
  };
}

/**
 * Whether two sets of traits are surely not of one person. A number that becomes another, a name
 * after a wedding, and what follows from them are normal life: somebody is another where everything
 * that both tell has changed. An account often follows from the id, so it speaks for the person
 * only where less than number, birth date and name is known; where neither number nor birth date
 * is, the account must be another too, and no word of the name be left. A name alone tells nothing.
 */
export function isAnother(before: readonly Trait[], after: readonly Trait[]): boolean {
  const [number, born, name, account, word] = (
    ['number', 'born', 'name', 'account', 'word'] as const
  ).map((as) => compared(before, after, as));
  if (number === 'same' || born === 'same' || name !== 'other') return false;
  if (number === 'other' && born === 'other') return true;
  if (account === 'same') return false;
  return number === 'other' || born === 'other' || (account === 'other' && word === 'other');
}

/** Whether each of these is told by both and is another; without `all`, whether any trait is. */
export function hasChanged(
  before: readonly Trait[],
  after: readonly Trait[],
  all?: readonly Trait['as'][],
): boolean {
  const isOther = (as: Trait['as']) => compared(before, after, as) === 'other';
  return all === undefined ? TOLD.some(isOther) : all.every(isOther);
}

const TOLD = ['number', 'born', 'name', 'account'] as const;

function compared(
  before: readonly Trait[],
  after: readonly Trait[],
  as: Trait['as'],
): 'same' | 'other' | 'unknown' {
  const known = new Set(before.flatMap((one) => (one.as === as ? [one.text] : [])));
  const told = after.filter((one) => one.as === as);
  if (known.size === 0 || told.length === 0) return 'unknown';
  return told.some(({ text }) => known.has(text)) ? 'same' : 'other';
}
