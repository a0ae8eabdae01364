import { daysAfter } from '../../core/message/dates.ts';
import type { City, Unit } from './city.ts';
import { type Group, homeGroups, languageGroups, teachingGroups } from './groups.ts';
import { FAMILY_NAMES } from './names.ts';
import { impossibleNumber } from './numbers.ts';
import { type Child, type Family, familiesOf } from './people.ts';

/** What became of a child up to a night. */
export interface ChildNow extends Child {
  /** The unit that it moved to, and when. */
  readonly moved: { readonly unit: number; readonly on: string } | null;
  /** Left the city's schools on that day. */
  readonly leftOn: string | null;
}

export interface Change {
  readonly kind:
    | 'arrival'
    | 'move'
    | 'leaver'
    | 'name'
    | 'number'
    | 'protection'
    | 'custody'
    | 'group-name';
  readonly id: string;
}

/** About two in a thousand children change in a night, in these shares. */
const RATES = [
  ['move', 0.0006],
  ['name', 0.0004],
  ['number', 0.0004],
  ['protection', 0.0001],
  ['leaver', 0.0003],
  ['custody', 0.0002],
] as const;

export function dateOfNight({ date }: City, night: number): string {
  return daysAfter(date, night - 1);
}

/** Children that a unit has on a night: those of night 1 and the arrivals since. */
function sizeOn(unit: Unit, { chance }: City, night: number): number {
  let size = unit.size;
  for (let n = 2; n <= night; n++) {
    if (chance.of('arrival', n, unit.index) < unit.size * 0.0008) size += 1;
  }
  return size;
}

/** The families of a unit as they are on a night, with the changes of that night alone. */
export function* familiesOn(
  unit: Unit,
  city: City,
  night: number,
): Generator<{
  family: Omit<Family, 'children'> & { children: readonly ChildNow[] };
  changes: Change[];
}> {
  for (const family of familiesOf(unit, city, sizeOn(unit, city, night))) {
    const changes: Change[] = [];
    const children = family.children.map((child) => {
      let now: ChildNow = { ...child, moved: null, leftOn: null };
      if (child.number >= unit.size && child.number >= sizeOn(unit, city, night - 1)) {
        changes.push({ kind: 'arrival', id: child.id });
        return now;
      }
      for (let n = 2; n <= night; n++) {
        const kind = changeOn(unit, city, child.number, n);
        const changed = kind === null ? now : change(now, kind, unit, city, n);
        if (changed !== now && n === night && kind !== null) changes.push({ kind, id: child.id });
        now = changed;
      }
      return now;
    });
    yield { family: { ...family, children }, changes };
  }
}

function changeOn(
  unit: Unit,
  { chance }: City,
  number: number,
  night: number,
): (typeof RATES)[number][0] | null {
  let roll = chance.of('change', night, unit.index, number);
  for (const [kind, rate] of RATES) {
    if (roll < rate) return kind;
    roll -= rate;
  }
  return null;
}

function change(
  child: ChildNow,
  kind: (typeof RATES)[number][0],
  unit: Unit,
  city: City,
  night: number,
): ChildNow {
  const on = dateOfNight(city, night);
  if (child.leftOn !== null || child.moved !== null) return child;
  switch (kind) {
    case 'move': {
      const to = neighbourOf(unit, city);
      return to === null ? child : { ...child, moved: { unit: to.index, on } };
    }
    case 'name':
      return { ...child, familyName: city.chance.pick(FAMILY_NAMES, 'new-name', child.id) };
    case 'number': {
      if (child.civicNo === null || !child.civicNo.includes('TF')) return child;
      const civicNo = impossibleNumber(child.birthDate, child.index, true);
      return { ...child, civicNo, formerId: { value: child.civicNo, until: on } };
    }
    case 'protection':
      return child.privacy === 0 ? { ...child, privacy: 1 } : child;
    case 'leaver':
      return { ...child, leftOn: on };
    case 'custody': {
      const [first] = child.guardians;
      if (child.guardians.length < 2 || first === undefined) return child;
      return { ...child, guardians: [{ ...first, custody: 'sole' }] };
    }
  }
}

/** Another unit of the same form, to move to. */
export function neighbourOf(unit: Unit, { units }: City): Unit | null {
  const next = units[unit.index + 1] ?? units[unit.index - 1];
  if (next?.form === unit.form) return next;
  const before = units[unit.index - 1];
  return before?.form === unit.form ? before : null;
}

/** The groups of a unit on a night; `isRenamed`: in that very night. */
export function* groupsOn(
  unit: Unit,
  city: City,
  night: number,
): Generator<{ readonly group: Group; readonly isRenamed: boolean }> {
  for (const [key, home] of homeGroups(unit, city)) {
    const renamed = renamedOn(city, home.id, night);
    const name = renamed === null ? home.name : `${home.name} (ny ${renamed})`;
    yield { group: { ...home, name }, isRenamed: renamed === night };
    for (const group of teachingGroups(unit, city, key, home)) yield { group, isRenamed: false };
  }
  for (const group of languageGroups(unit, city).values()) yield { group, isRenamed: false };
}

/** A class that was given another name in some night up to this one. */
function renamedOn(city: City, groupId: string, night: number): number | null {
  for (let n = night; n >= 2; n--) if (city.chance.of('rename', n, groupId) < 0.002) return n;
  return null;
}
