import type { City, Unit } from './city.ts';
import { FAMILY_NAMES } from './names.ts';
import { type Person, personAt } from './people.ts';

export interface Duty {
  readonly id: string;
  readonly personId: string;
  readonly unitId: string;
  readonly role: string;
  readonly signature: string;
  readonly percent: number;
  readonly from: string;
  readonly to: string | null;
}

export interface Employee {
  readonly person: Person;
  readonly duties: readonly Duty[];
}

/** 23,500 staff for 140,000 children and pupils. */
const STAFF_PER_PUPIL = 23_500 / 140_000;

/** How many work at a unit: at least a head and a teacher. */
export function staffSize(unit: Unit): number {
  return Math.max(2, Math.round(unit.size * STAFF_PER_PUPIL));
}

/** An employee by place in the unit: the head first; some also have a duty at the next unit. */
export function employeeAt(unit: Unit, city: City, number: number): Employee {
  const { chance, units } = city;
  const names = ['staff', unit.index, number] as const;
  const index = 4 * city.pupils + unit.first + number;
  const born = Number(city.date.slice(0, 4)) - 24 - chance.below(41, 'age', ...names);
  const familyName = chance.pick(FAMILY_NAMES, ...names);
  const person = personAt(city, names, index, born, { familyName, role: 'Staff', home: null });
  const role = number === 0 ? 'Rektor' : roleAt(unit, city, number);
  const isSubstitute = role === 'Lärare' && chance.of('substitute', ...names) < 0.03;
  const common = {
    personId: person.id,
    signature:
      person.givenName.slice(0, 2).toUpperCase() + person.familyName.slice(0, 1).toUpperCase(),
    from: `${2012 + chance.below(14, 'since', ...names)}-08-01`,
    to: isSubstitute ? `${city.date.slice(0, 4)}-12-20` : null,
  };
  const own = { ...common, id: chance.uuid('duty', ...names), unitId: unit.id, role, percent: 100 };
  const next = units[unit.index + 1];
  const isShared = number > 1 && chance.of('shared', ...names) < 0.05 && next?.form === unit.form;
  if (!isShared || next === undefined) return { person, duties: [own] };
  const second = { ...own, id: chance.uuid('duty-2', ...names), unitId: next.id, percent: 40 };
  return { person, duties: [{ ...own, percent: 60 }, second] };
}

function roleAt({ form, index }: Unit, { chance }: City, number: number): string {
  const roll = chance.of('role', index, number);
  if (form === 'preschool') return roll < 0.45 ? 'Förskollärare' : 'Barnskötare';
  if (roll < 0.72) return 'Lärare';
  if (roll < 0.82) return form === 'compulsory' ? 'Fritidspedagog' : 'Annan personal';
  return roll < 0.9 ? 'Speciallärare/specialpedagog' : 'Annan personal';
}
