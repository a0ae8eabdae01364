import type { City, Unit } from './city.ts';
import {
  homeGroupKey,
  homeGroups,
  isLanguageHost,
  languageGroups,
  schoolTypeOf,
  teachingGroups,
  UNITS_PER_LANGUAGE_HOST,
} from './groups.ts';
import { childrenAt, placementIdOf } from './independent-schools.ts';
import { PROGRAMMES } from './names.ts';
import { type ChildNow, dateOfNight, familiesOn } from './nights.ts';
import type { Child } from './people.ts';
import { schoolYear } from './school-year.ts';

/** One who belongs to a unit or a group, and what for: to a group for nothing but that. */
export interface Member {
  readonly personId: string;
  readonly begin: string;
  readonly end: string | null;
  readonly at: Enrolled | Placed | null;
}

export interface Enrolled {
  readonly is: 'enrolled';
  readonly schoolType: string;
  readonly year: number | null;
  readonly programme: string | null;
}

/** A place at a preschool or a leisure-time centre. */
export interface Placed {
  readonly is: 'placed';
  readonly id: string;
  readonly schoolType: 'PC' | 'F';
  /** Whose place it is: ids of guardians. */
  readonly owners: readonly string[];
  readonly department?: string | undefined;
}

/** Who came to each unit from another one, by the unit's index: few enough to be remembered. */
export type Moves = ReadonlyMap<number, readonly ChildNow[]>;

/** Who moved up to a night. */
export function movesUpTo(city: City, night: number): Moves {
  const moves = new Map<number, ChildNow[]>();
  if (night === 1) return moves;
  for (const unit of city.units) {
    for (const { family } of familiesOn(unit, city, night)) {
      for (const child of family.children) {
        if (child.moved === null) continue;
        moves.set(child.moved.unit, [...(moves.get(child.moved.unit) ?? []), child]);
      }
    }
  }
  return moves;
}

/** The members of a unit and of its groups on a night, by their ids: the unit first. */
export function membersOf(
  unit: Unit,
  city: City,
  night: number,
  moves: Moves,
): ReadonlyMap<string, readonly Member[]> {
  const { begin } = schoolYear(city);
  const groups = homeGroups(unit, city);
  const members = new Map<string, Member[]>([[unit.id, []]]);
  const add = (id: string, ...more: readonly Member[]) => {
    members.set(id, [...(members.get(id) ?? []), ...more]);
  };
  const place = (child: ChildNow, from: string, until: string | null) => {
    const member = { personId: child.id, begin: from, end: until, at: null };
    add(unit.id, ...placesOf(unit, child, city).map((at) => ({ ...member, at })));
    const key = homeGroupKey(unit, child);
    const home = groups.get(key) ?? [...groups.values()][0];
    if (home === undefined) return;
    add(home.id, member);
    for (const { id } of teachingGroups(unit, city, key, home)) add(id, member);
  };
  for (const { family } of familiesOn(unit, city, night)) {
    for (const child of family.children) {
      const isArrival = child.number >= unit.size;
      const from = isArrival ? dateOfNight(city, 2) : begin;
      place(child, from, child.moved?.on ?? child.leftOn);
    }
  }
  for (const child of moves.get(unit.index) ?? []) place(child, child.moved?.on ?? begin, null);
  return new Map([...members, ...languageMembers(unit, city, night)]);
}

/** Pupils of the host's neighbours who are taught their mother tongue there, without enrolment. */
function languageMembers(unit: Unit, city: City, night: number): ReadonlyMap<string, Member[]> {
  const members = new Map<string, Member[]>();
  if (!isLanguageHost(unit)) return members;
  const groups = languageGroups(unit, city);
  for (const { id } of groups.values()) members.set(id, []);
  const { begin } = schoolYear(city);
  for (const other of city.units.slice(unit.index, unit.index + UNITS_PER_LANGUAGE_HOST)) {
    if (other.form !== 'compulsory') continue;
    for (const { family } of familiesOn(other, city, night)) {
      for (const { id, nativeLanguage } of family.children) {
        const group = groups.get(nativeLanguage ?? '')?.id;
        if (group === undefined) continue;
        members.get(group)?.push({ personId: id, begin, end: null, at: null });
      }
    }
  }
  return members;
}

/** Enrolment and placements of a child in a unit. */
function placesOf(unit: Unit, child: ChildNow, city: City): readonly (Enrolled | Placed)[] {
  if (unit.form === 'preschool') return placements(unit, child, city, 'PC');
  const { chance } = city;
  const enrolled: Enrolled = {
    is: 'enrolled',
    schoolType: schoolTypeOf(unit, child),
    year: child.year,
    programme: unit.form === 'secondary' ? chance.pick(PROGRAMMES, 'programme', child.id)[0] : null,
  };
  const isYoung = unit.form === 'compulsory' && (child.year ?? 9) <= 3;
  const goesToCentre = isYoung && chance.of('centre', child.id) < 0.75;
  return goesToCentre ? [enrolled, ...placements(unit, child, city, 'F')] : [enrolled];
}

/** A placement; two, with an owner each, for some whose parents live apart. */
function placements(
  unit: Unit,
  child: ChildNow,
  city: City,
  schoolType: 'PC' | 'F',
): readonly Placed[] {
  const owners = child.guardians.map((guardian) => guardian.personId);
  const isSplit = owners.length === 2 && city.chance.of('two-placements', child.id) < 0.03;
  const sets = isSplit ? owners.map((owner) => [owner]) : [owners];
  const groups = homeGroups(unit, city);
  const department = schoolType === 'PC' ? groups.get(homeGroupKey(unit, child))?.id : undefined;
  return sets.map((own, index) => {
    const id = city.chance.uuid('placement', unit.index, child.id, schoolType, index);
    return { is: 'placed', id, schoolType, owners: own, department };
  });
}

/** Enrolments at an independent unit, or places, and nothing else: groups are the unit's own. */
export function membersOfIndependent(unit: Unit, city: City): readonly Member[] {
  const { begin } = schoolYear(city);
  const at = unit.form === 'preschool' ? placeAt : enrolmentAt;
  return childrenAt(unit, city).map((child) => {
    return { personId: child.id, begin, end: null, at: at(unit, child, city) };
  });
}

function enrolmentAt(_unit: Unit, { year }: Child): Enrolled {
  return { is: 'enrolled', schoolType: 'GR', year: year ?? 1, programme: null };
}

function placeAt(unit: Unit, { id, guardians }: Child, city: City): Placed {
  const owners = guardians.map(({ personId }) => personId);
  return { is: 'placed', id: placementIdOf(unit, city, id), schoolType: 'PC', owners };
}
