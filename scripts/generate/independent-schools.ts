import type { City, Unit } from './city.ts';
import { membershipXml, memberXml, organisationXml, personXml } from './ims-xml.ts';
import { familiesOf } from './people.ts';

const PUPILS_PER_SCHOOL = 20;
/** One for so many children of the city; two at least. */
const CHILDREN_PER_SCHOOL = 10_000;

/** Schools that others govern: the register knows which of the city's residents are there. */
export function independentSchools({ chance, units, pupils }: City): readonly Unit[] {
  const count = Math.max(2, Math.round(pupils / CHILDREN_PER_SCHOOL));
  return Array.from({ length: count }, (_, number) => ({
    index: units.length + number,
    form: 'compulsory',
    id: chance.uuid('independent', number),
    schoolId: '',
    area: 0,
    name: `Friskolan ${number + 1}`,
    size: PUPILS_PER_SCHOOL,
    // Far from the places of all others, so that nobody shares a personal number.
    first: 20 * pupils + number * PUPILS_PER_SCHOOL,
  }));
}

/** Pupils of an independent school and their guardians. */
export function* personsOfIndependent(unit: Unit, city: City): Generator<string> {
  for (const { children, guardians } of familiesOf(unit, city, unit.size)) {
    for (const child of children) yield personXml(child, child.index);
    for (const [which, guardian] of guardians.entries()) {
      yield personXml(guardian, (children[0]?.index ?? 0) * 2 + which);
    }
  }
}

export function independentXml({ id, name }: Unit): string {
  const extension = '<schooltype>GR</schooltype>';
  return organisationXml({ id, type: 'Unit', name, parent: null, extension }, 'Independent');
}

/** Enrolments and nothing else: groups and grades are the school's own. */
export function enrolmentsAtIndependent(unit: Unit, city: City, begin: string): string {
  const members: string[] = [];
  for (const { children } of familiesOf(unit, city, unit.size)) {
    for (const { id, year } of children) {
      const placement = `<placement schooltype="GR" schoolyear="${year ?? 1}"/>`;
      members.push(memberXml({ personId: id, role: 'Student', begin, end: null, placement }));
    }
  }
  return membershipXml(unit.id, members);
}
