import assert from 'node:assert/strict';
import { daysAfter } from '../../core/message/dates.ts';
import type { City, Unit } from '../generate/city.ts';
import { type Group, homeGroupKey, homeGroups, teachingGroups } from '../generate/groups.ts';
import { memberXml, personXml } from '../generate/ims-xml.ts';
import { neighbourOf } from '../generate/nights.ts';
import { type Child, familiesOf, type Person } from '../generate/people.ts';
import { schoolYear } from '../generate/school-year.ts';
import { type Duty, employeeAt, staffSize } from '../generate/staff.ts';
import type { RegisterNight } from './register-night.ts';

/** A pupil of a school, with two guardians, and where. */
export interface Pupil {
  readonly child: Child;
  readonly guardians: readonly [Person, Person];
  readonly unit: Unit;
  readonly home: Group;
  /** Groups in which the class is taught. */
  readonly teaching: readonly Group[];
}

/** Chooses to whom a situation happens: nobody twice, and nobody in whose life there is more. */
export class Casting {
  readonly city: City;
  readonly #today: string;
  readonly #taken = new Set<string>();
  #newcomers = 0;

  /** `today`, `YYYY-MM-DD`, is the day on which all nights are looked at. */
  constructor(city: City, today = city.date) {
    this.city = city;
    this.#today = today;
  }

  /** The day so many days from the one on which all nights are looked at. */
  day(offset: number): string {
    return daysAfter(this.#today, offset);
  }

  pupil(form: 'compulsory' | 'preschool' = 'compulsory'): Pupil {
    for (const unit of this.#units(form)) {
      const groups = homeGroups(unit, this.city);
      for (const { children, guardians } of familiesOf(unit, this.city, unit.size)) {
        const [child, ...siblings] = children;
        const [one, other] = guardians;
        const key = child === undefined ? '' : homeGroupKey(unit, child);
        const home = groups.get(key);
        if (child === undefined || siblings.length > 0 || home === undefined) continue;
        if (one === undefined || other === undefined || this.#taken.has(child.id)) continue;
        if (![child, one, other].every(isOrdinary) || child.civicNo?.includes('TF') === true)
          continue;
        if (child.guardians.some(({ relation }) => relation !== 'Guardian')) continue;
        if (form === 'compulsory' && (child.year ?? 0) < 4) continue;
        this.#taken.add(child.id);
        const teaching = teachingGroups(unit, this.city, key, home);
        return { child, guardians: [one, other], unit, home, teaching };
      }
    }
    throw new Error('the city is too small for so many situations');
  }

  /** Another school of the same form. */
  otherUnit({ unit }: Pupil): Unit {
    const other = neighbourOf(unit, this.city);
    assert(other !== null, 'a form has two units at least');
    return other;
  }

  /** A class of that unit. */
  classOf(unit: Unit): Group {
    const [home] = homeGroups(unit, this.city).values();
    assert(home !== undefined, 'a school has a class');
    return home;
  }

  /** A teacher who works at one school. */
  teacher(): { readonly person: Person; readonly duty: Duty } {
    for (const unit of this.#units('compulsory')) {
      for (let number = 1; number < staffSize(unit); number++) {
        const { person, duties } = employeeAt(unit, this.city, number);
        const [duty, ...others] = duties;
        if (duty?.role !== 'Lärare' || duty.to !== null || others.length > 0) continue;
        if (!isOrdinary(person) || this.#taken.has(person.id)) continue;
        this.#taken.add(person.id);
        return { person, duty };
      }
    }
    throw new Error('the city is too small for so many situations');
  }

  /** Somebody new, like this child but for id, number and name. */
  newcomer(like: Child, different: Partial<Child> = {}): Child {
    this.#newcomers += 1;
    const id = this.city.chance.uuid('newcomer', this.#newcomers, like.id);
    return { ...like, id, givenName: 'Robin', civicNo: null, ...different };
  }

  /** Puts a newcomer into the register, with an account. */
  arrive(night: RegisterNight, child: Child): void {
    night.add('person', personXml(child, child.index));
    const name = `u${child.id.replaceAll('-', '').slice(0, 14)}@skola.example`;
    night.addRow('konto', [child.id, name, '', 'Elev']);
  }

  enrol(night: RegisterNight, person: string, unit: Unit, more: Stay = {}): void {
    const { begin = schoolYear(this.city).begin, end = null, year = 5 } = more;
    const placement = `<placement schooltype="GR" schoolyear="${year}"/>`;
    night.join(unit.id, memberXml({ personId: person, role: 'Student', begin, end, placement }));
  }

  joinGroup(night: RegisterNight, person: string, group: Group, begin?: string): void {
    const first = begin ?? schoolYear(this.city).begin;
    const about = { personId: person, role: 'Member', begin: first, end: null } as const;
    night.join(group.id, memberXml({ ...about, placement: '' }));
  }

  /** A member whose days in the group have ended is one again. */
  renewGroup(night: RegisterNight, person: string, group: Group): void {
    night.member(group.id, person, (line) =>
      line.replace(/<begin>[^<]*/, `<begin>${this.day(0)}`).replace(/<end>[^<]*<\/end>/, ''),
    );
  }

  #units(form: Unit['form']): readonly Unit[] {
    return this.city.units.filter((unit) => unit.form === form);
  }
}

export interface Stay {
  readonly begin?: string;
  readonly end?: string;
  readonly year?: number | null;
}

function isOrdinary({ privacy, status, civicNo }: Person): boolean {
  return privacy === 0 && status === 'Normal' && civicNo !== null;
}
