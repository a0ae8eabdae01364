import type { City, Unit } from './city.ts';
import { homeGroups, mentorOf } from './groups.ts';
import { type Duty, employeeAt, staffSize } from './staff.ts';

/** A duty, and the classes that its employee is mentor of. */
export interface DutyOfMentor extends Duty {
  readonly mentorFor: readonly string[];
}

/** The duties of a unit's staff. */
export function* dutiesOf(unit: Unit, city: City): Generator<DutyOfMentor> {
  const mentors = mentorsOf(unit, city);
  for (let number = 0; number < staffSize(unit); number++) {
    for (const duty of employeeAt(unit, city, number).duties) {
      yield { ...duty, mentorFor: duty.unitId === unit.id ? (mentors.get(number) ?? []) : [] };
    }
  }
}

function mentorsOf(unit: Unit, city: City): ReadonlyMap<number, readonly string[]> {
  const mentors = new Map<number, string[]>();
  for (const [key, { id, type }] of homeGroups(unit, city)) {
    if (type !== 'Class') continue;
    const number = mentorOf(unit, city, key);
    mentors.set(number, [...(mentors.get(number) ?? []), id]);
  }
  return mentors;
}
