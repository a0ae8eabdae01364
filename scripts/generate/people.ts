import type { City, Unit } from './city.ts';
import { FAMILY_NAMES, GIVEN_NAMES, LONG_FAMILY_NAME, PLACES, STREETS } from './names.ts';
import { dateOf, dayOfYear, impossibleNumber, temporaryNumber } from './numbers.ts';

export interface Person {
  readonly id: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly civicNo: string | null;
  readonly birthDate: string;
  readonly gender: 'Female' | 'Male' | 'Unknown';
  readonly role: 'Student' | 'Child' | 'Contact' | 'Staff';
  /** 0 none, 1 address, 2 registration, 3 both. */
  readonly privacy: 0 | 1 | 2 | 3;
  readonly hasAlias: boolean;
  readonly status: 'Normal' | 'Deceased' | 'Emigrated';
  readonly formerId: { readonly value: string; readonly until: string } | null;
  readonly nativeLanguage: string | null;
  readonly home: Home | null;
  readonly guardians: readonly Guardianship[];
}

export interface Home {
  readonly street: string;
  readonly locality: string;
  readonly postalCode: string;
}

export interface Guardianship {
  readonly personId: string;
  readonly relation: 'Guardian' | 'OtherResponsible';
  readonly custody: 'joint' | 'sole' | 'unknown';
}

export interface Child extends Person {
  /** Place in the unit, from 0. */
  readonly number: number;
  readonly index: number;
  /** Years since the first year of the form; null where there are none. */
  readonly year: number | null;
}

export interface Family {
  readonly guardians: readonly Person[];
  readonly children: readonly Child[];
}

/** The year in which children of this year of school were born, when the school year begins. */
function birthYearOf(
  unit: Unit,
  city: City,
  number: number,
): { year: number | null; born: number } {
  const now = Number(city.date.slice(0, 4));
  if (unit.form === 'preschool') return { year: null, born: now - 1 - (number % 5) };
  if (unit.form === 'compulsory') return { year: number % 10, born: now - 6 - (number % 10) };
  if (unit.form === 'secondary') return { year: 1 + (number % 3), born: now - 16 - (number % 3) };
  return { year: null, born: now - 20 - city.chance.below(40, 'adult-age', unit.index, number) };
}

/** The families of a unit in order; siblings stand in different years of the same unit. */
export function* familiesOf(unit: Unit, city: City, size: number): Generator<Family> {
  for (let number = 0; number < size; ) {
    const count = Math.min(familySize(unit, city, number), size - number);
    yield familyAt(unit, city, number, count);
    number += count;
  }
}

function familySize(unit: Unit, { chance }: City, number: number): number {
  if (unit.form === 'adult') return 1;
  const roll = chance.of('family-size', unit.index, number);
  return roll < 0.76 ? 1 : roll < 0.98 ? 2 : 3;
}

function familyAt(unit: Unit, city: City, number: number, count: number): Family {
  const { chance } = city;
  const names = ['family', unit.index, number] as const;
  const familyName =
    chance.of('long', ...names) < 0.0005 ? LONG_FAMILY_NAME : chance.pick(FAMILY_NAMES, ...names);
  const areTwins = count === 2 && chance.of('twins', ...names) < 0.06;
  const guardians = guardiansOf(unit, city, number, familyName);
  const children = Array.from({ length: count }, (_, offset) =>
    childAt(unit, city, number + offset, areTwins ? number : null, familyName, guardians),
  );
  return { guardians, children };
}

/** Arrivals of later nights come after everybody else. */
function childIndex(unit: Unit, { pupils }: City, number: number): number {
  if (number < unit.size) return unit.first + number;
  return 5 * pupils + unit.index * 100 + number - unit.size;
}

function guardiansOf(
  unit: Unit,
  city: City,
  number: number,
  familyName: string,
): readonly Person[] {
  if (unit.form === 'adult') return [];
  const { chance } = city;
  const isSingle = chance.of('single', unit.index, number) < 0.1;
  const livesApart = chance.of('apart', unit.index, number) < 0.25;
  return Array.from({ length: isSingle ? 1 : 2 }, (_, which) => {
    const index = city.pupils + childIndex(unit, city, number) * 2 + which;
    const home = homeOf(city, unit, number, livesApart ? which : 0);
    const born = Number(city.date.slice(0, 4)) - 28 - chance.below(25, 'guardian-age', index);
    return personAt(city, ['guardian', unit.index, number, which], index, born, {
      familyName: which === 0 ? familyName : chance.pick(FAMILY_NAMES, 'second-name', index),
      role: 'Contact',
      home,
    });
  });
}

function childAt(
  unit: Unit,
  city: City,
  number: number,
  twinOf: number | null,
  familyName: string,
  guardians: readonly Person[],
): Child {
  const { chance } = city;
  const index = childIndex(unit, city, number);
  const { year, born } = birthYearOf(unit, city, twinOf ?? number);
  const isLaterTwin = twinOf !== null && twinOf !== number;
  const role = unit.form === 'preschool' ? 'Child' : 'Student';
  const own = personAt(city, ['child', unit.index, number], index, born, {
    familyName,
    role,
    home: guardians[0]?.home ?? homeOf(city, unit, number, 0),
    ...(isLaterTwin ? { twinIndex: unit.first + (twinOf ?? 0) } : {}),
  });
  const isAdult = ageOn(city.date, own.birthDate) >= 18;
  const isFoster = chance.of('foster', unit.index, number) < 0.004;
  return {
    ...own,
    number,
    index,
    year,
    nativeLanguage: own.civicNo?.includes('TF') === true ? 'ara' : languageOf(city, unit, number),
    guardians: isAdult ? [] : guardianships(guardians, isFoster),
  };
}

function languageOf({ chance }: City, unit: Unit, number: number): string | null {
  const codes = ['ara', 'som', 'pol', 'fin'] as const;
  const speaks = chance.of('language', unit.index, number) < 0.12;
  return speaks ? chance.pick(codes, 'which', unit.index, number) : null;
}

function guardianships(guardians: readonly Person[], isFoster: boolean): readonly Guardianship[] {
  const custody = guardians.length === 1 ? 'sole' : 'joint';
  return guardians.map(({ id }) => {
    return isFoster
      ? { personId: id, relation: 'OtherResponsible', custody: 'unknown' }
      : { personId: id, relation: 'Guardian', custody };
  });
}

/** Whole years from a birth date to a day. */
function ageOn(date: string, birthDate: string): number {
  const years = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return date.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

/** A person, and the number that its contact data are made of. */
export interface NumberedPerson {
  readonly person: Person;
  readonly number: number;
}

/** The persons of a family: the children first. */
export function* numbered({ children, guardians }: Family): Generator<NumberedPerson> {
  for (const child of children) yield { person: child, number: child.index };
  for (const [which, guardian] of guardians.entries()) {
    yield { person: guardian, number: (children[0]?.index ?? 0) * 2 + which };
  }
}

/** Only guardians have contact data of their own in the register. */
export function contactOf({ person, number }: NumberedPerson): Contact | null {
  if (person.role !== 'Contact') return null;
  const phone = `+4670174${String(605 + (number % 95)).padStart(4, '0')}`;
  return { email: `g${number}@post.example`, phone };
}

export interface Contact {
  readonly email: string;
  readonly phone: string;
}

interface Traits {
  readonly familyName: string;
  readonly role: Person['role'];
  readonly home: Home | null;
  readonly twinIndex?: number;
}

/** A person by index: number, birth date, protection and the rest follow from it. */
export function personAt(
  { chance }: City,
  names: readonly (string | number)[],
  index: number,
  bornYear: number,
  { familyName, role, home, twinIndex }: Traits,
): Person {
  const isPupil = role === 'Student' || role === 'Child';
  const isNew = isPupil && twinIndex === undefined && index % 50 === 7;
  const day = isNew ? Math.floor(index / 5000) % 365 : dayOfYear(twinIndex ?? index);
  const birthDate = dateOf(bornYear, day);
  const hasNone = isPupil && index % 997 === 3;
  const number = isNew
    ? temporaryNumber(birthDate, Math.floor(index / 50))
    : impossibleNumber(birthDate, index, twinIndex !== undefined);
  const isProtected = chance.of('protected', ...names) < 0.0035;
  const sex = chance.of('sex', ...names);
  return {
    id: chance.uuid(...names),
    givenName: chance.pick(GIVEN_NAMES, 'given', ...names, twinIndex === undefined ? '' : 'later'),
    familyName,
    civicNo: hasNone ? null : number,
    birthDate,
    gender: sex < 0.49 ? 'Female' : sex < 0.98 ? 'Male' : 'Unknown',
    role,
    privacy: isProtected ? chance.pick([1, 2, 3], 'level', ...names) : 0,
    hasAlias: isProtected && chance.of('alias', ...names) < 0.5,
    status: chance.of('status', ...names) < 0.0005 ? 'Emigrated' : 'Normal',
    formerId: null,
    nativeLanguage: null,
    home,
    guardians: [],
  };
}

function homeOf({ chance }: City, unit: Unit, number: number, which: number): Home {
  const names = ['home', unit.index, number, which] as const;
  return {
    street: `${chance.pick(STREETS, ...names)} ${1 + chance.below(180, 'house', ...names)}`,
    locality: chance.pick(PLACES, 'place', ...names).toUpperCase(),
    postalCode: String(10_000 + chance.below(9000, 'code', ...names)),
  };
}
