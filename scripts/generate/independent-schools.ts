import type { City, Unit } from './city.ts';
import { organisationXml } from './ims-xml.ts';
import { type Child, familiesOf, type NumberedPerson, numbered } from './people.ts';

const PUPILS_PER_SCHOOL = 20;
const CHILDREN_PER_PRESCHOOL = 8;
/** One for so many children of the city; two at least. */
const CHILDREN_PER_UNIT = 10_000;

/** Schools that others govern: the register knows which of the city's residents are there. */
export function independentSchools(city: City): readonly Unit[] {
  return Array.from({ length: countOf(city) }, (_, number) => ({
    index: city.units.length + number,
    form: 'compulsory',
    id: city.chance.uuid('independent', number),
    schoolId: '',
    area: 0,
    name: `Friskolan ${number + 1}`,
    size: PUPILS_PER_SCHOOL,
    first: firstOf(city) + number * PUPILS_PER_SCHOOL,
  }));
}

/** The same of preschools: the city pays for the places, and has the queue for them. */
export function independentPreschools(city: City): readonly Unit[] {
  const schools = countOf(city);
  return Array.from({ length: schools }, (_, number) => ({
    index: city.units.length + schools + number,
    form: 'preschool',
    id: city.chance.uuid('independent-preschool', number),
    schoolId: '',
    area: 0,
    name: `Friförskolan ${number + 1}`,
    size: CHILDREN_PER_PRESCHOOL,
    first: firstOf(city) + schools * PUPILS_PER_SCHOOL + number * CHILDREN_PER_PRESCHOOL,
  }));
}

/** Both. */
export function independentUnits(city: City): readonly Unit[] {
  return [...independentSchools(city), ...independentPreschools(city)];
}

function countOf({ pupils }: City): number {
  return Math.max(2, Math.round(pupils / CHILDREN_PER_UNIT));
}

/** Far from the places of all others, so that nobody shares a personal number. */
function firstOf({ pupils }: City): number {
  return 20 * pupils;
}

/** The children of an independent unit. */
export function childrenAt(unit: Unit, city: City): readonly Child[] {
  return [...familiesOf(unit, city, unit.size)].flatMap(({ children }) => children);
}

/** The register's own id of the place that a child has at an independent preschool. */
export function placementIdOf({ index }: Unit, { chance }: City, childId: string): string {
  return chance.uuid('placement', index, childId, 'PC', 0);
}

/** Children of an independent unit and their guardians. */
export function* personsOfIndependent(unit: Unit, city: City): Generator<NumberedPerson> {
  for (const family of familiesOf(unit, city, unit.size)) yield* numbered(family);
}

export function independentXml({ id, name, form }: Unit): string {
  const extension = `<schooltype>${form === 'preschool' ? 'PC' : 'GR'}</schooltype>`;
  return organisationXml({ id, type: 'Unit', name, parent: null, extension }, 'Independent');
}
