import { foldCase } from '../../message/canonical-text.ts';
import { isList } from '../../message/digest.ts';
import type { Entity, Json, JsonObject } from '../../message/message.ts';
import { stepsOf } from '../../message/reference-walk.ts';

/** How people write what they look for. */
export type LookupForm = 'number' | 'account' | 'name';

/** What an entity can be found by, in the one spelling that all ways of writing it lead to. */
export interface LookupTerm {
  readonly as: LookupForm;
  readonly text: string;
}

interface LookupRule {
  readonly as: LookupForm;
  readonly paths: readonly (readonly string[])[];
}

/**
 * Compiles `x-lookup`: a list of `{ as, paths }`. Every value of a number or an account is a term;
 * the paths of a name give one together, beside one for each of several given names.
 */
export function compileLookup(schema: JsonObject): (entity: Entity) => readonly LookupTerm[] {
  const rules = rulesOf(schema);
  return (entity) => {
    const terms: LookupTerm[] = [];
    const add = (as: LookupForm, text: string) => {
      const isNew = !terms.some((term) => term.text === text && term.as === as);
      if (isNew && text !== '') terms.push({ as, text });
    };
    for (const { as, paths } of rules) {
      if (as === 'name') {
        for (const text of nameTexts(namesAt(entity, paths))) add(as, text);
      } else {
        for (const path of paths) {
          for (const text of textsAt(entity, path)) add(as, SPELLINGS[as](text));
        }
      }
    }
    return terms;
  };
}

/** The texts at each path; none where one of them leads to nothing. */
function namesAt(
  entity: Entity,
  paths: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const names: (readonly string[])[] = [];
  for (const path of paths) {
    const texts = textsAt(entity, path);
    if (texts.length === 0) return [];
    names.push(texts);
  }
  return names;
}

function rulesOf(schema: JsonObject): readonly LookupRule[] {
  // SAFETY: `x-lookup` has this shape in every canonical schema; they come with the program.
  const declared = (schema['x-lookup'] ?? []) as unknown as { as: LookupForm; paths: string[] }[];
  return declared.map(({ as, paths }) => ({ as, paths: paths.map(stepsOf) }));
}

/** The terms that a word may be meant as: each of them takes time to look for. */
export function lookupTerms(word: string): readonly LookupTerm[] {
  const written = word.trim();
  const isSeveral = /\s/.test(written);
  // No name has the sign of an address, or no letter at all; no number is words without a digit.
  const isAddress = written.includes('@');
  const isNumber = !isAddress && (/\d/.test(written) || !isSeveral);
  const isName = !isAddress && /\p{L}/u.test(written);
  const terms: readonly LookupTerm[] = [
    ...(isNumber ? numberSpellings(word) : []).map((text) => ({ as: 'number', text }) as const),
    { as: 'account', text: isSeveral ? '' : accountSpelling(word) },
    { as: 'name', text: isName ? inOneOrder(wordsOf(word)) : '' },
  ];
  return terms.filter(({ text }) => text !== '');
}

/** Whether texts of a record that nobody could read as a person hold what the term says. */
export function mentioned({ as, text }: LookupTerm, texts: readonly string[]): boolean {
  // A record has many short texts, years and codes among them.
  if (as !== 'name') return text.length > 5 && texts.some((one) => SPELLINGS[as](one) === text);
  const wanted = text.split(' ');
  const words = new Set(texts.flatMap(wordsOf));
  return wanted.length > 1 && wanted.every((word) => words.has(word));
}

const NONE: readonly string[] = [];
const SPELLINGS = { number: numberSpelling, account: accountSpelling } as const;

/** An identity number without what stands between its characters. */
export function numberSpelling(number: string): string {
  if (/^[0-9]+$/.test(number)) return number;
  return number.replaceAll(/[^\p{L}\p{N}]/gu, '').toUpperCase();
}

/** A number of ten characters lacks its century; `+` says that its holder is a hundred or older. */
function numberSpellings(word: string): readonly string[] {
  const number = numberSpelling(word);
  if (!/^\d{6}[\dA-Z]{2}\d{2}$/.test(number)) return [number];
  const centuries = word.includes('+') ? ['18', '19'] : ['19', '20'];
  return [number, ...centuries.map((century) => century + number)];
}

function accountSpelling(account: string): string {
  return foldCase(account.trim());
}

/** Words that are no family name of their own: nobody is looked for as `Anna von`. */
const PARTICLES = new Set(
  'af al av ben bin bint da de del den der di dos du el ibn la le ten ter van von zu'.split(' '),
);

/**
 * The whole name; the family's name with each of several given names; and the same with each of
 * several family names, since whoever has two is known by one of them.
 */
function nameTexts(names: readonly (readonly string[])[]): readonly string[] {
  if (names.length === 0) return NONE;
  const [given = [], ...rest] = names.map((one) => wordsOf(one.join(' ')));
  const others = rest.flat();
  const [first = '', last = ''] = [given[0], others[0]];
  // Most people.
  if (given.length === 1 && others.length === 1) {
    return [first < last ? `${first} ${last}` : `${last} ${first}`];
  }
  const givens = given.length < 2 ? [given] : [given, ...given.map((one) => [one])];
  // Beside a middle name the whole family's name is enough.
  const families = rest.length === 1 ? others.filter((one) => !PARTICLES.has(one)) : [];
  const endings = families.length < 2 ? [others] : [others, ...families.map((one) => [one])];
  return endings.flatMap((ending) => givens.map((one) => inOneOrder([...one, ...ending])));
}

/** It does not matter which name is said first. */
function inOneOrder(words: string[]): string {
  return words.sort().join(' ');
}

/** Most names are; the others take longer. */
const PLAIN_NAME = /^[0-9a-zåäö]+(?: [0-9a-zåäö]+)*$/;

/** å, ä and ö are letters of their own; any other mark on a letter is easily left out. */
function wordsOf(name: string): string[] {
  const lower = name.toLowerCase();
  if (PLAIN_NAME.test(lower)) return lower.split(' ');
  const letters = foldCase(name).replaceAll(/['’]/g, '').replaceAll('ı', 'i');
  const plain = letters.replaceAll(/[^åäö\p{ASCII}]/gu, (letter) =>
    letter.normalize('NFD').replaceAll(/\p{M}/gu, ''),
  );
  return plain.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
}

/** The texts at the end of a path, also those of a list there; `[]` steps into a list before it. */
export function textsAt(
  value: Json | undefined,
  path: readonly string[],
  at = 0,
): readonly string[] {
  const step = path[at];
  if (step === undefined) {
    if (typeof value === 'string') return [value];
    return isList(value) ? value.filter((item) => typeof item === 'string') : NONE;
  }
  if (typeof value !== 'object' || value === null) return NONE;
  if (isList(value)) {
    return step === '[]' ? value.flatMap((item) => textsAt(item, path, at + 1)) : NONE;
  }
  return textsAt(value[step], path, at + 1);
}
