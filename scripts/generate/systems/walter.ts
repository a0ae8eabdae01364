import type { City } from '../city.ts';
import type { Person } from '../people.ts';
import { schoolYear } from '../school-year.ts';
import { outsider, protectionSign } from './outsider.ts';
import { columnFile, compactDay, type SystemFile } from './system-file.ts';

const CHILDREN_PER_PUPIL = 200;
const SCHOOLS = [
  ['9001', 'Ekskolan i grannkommunen', 'K'],
  ['9002', 'Specialskolan vid sjön', 'S'],
] as const;

interface Resident {
  readonly child: Person;
  readonly year: number;
  /** Null where nobody knows. */
  readonly school: string | null;
}

/** Walter's files: children of the city at schools elsewhere, and their school duty. */
export function walterFiles(city: City, date: string): readonly SystemFile[] {
  const residents = residentsOf(city);
  const { begin } = schoolYear(city);
  const name = (what: string) => `walter-${what}-${compactDay(date)}.csv`;
  const pupils = residents.map(({ child }) => {
    const { id, civicNo, givenName, familyName, birthDate } = child;
    return [id, civicNo, givenName, familyName, birthDate, protectionSign(child)];
  });
  const enrolments = residents.flatMap(({ child, year, school }) => {
    return school === null ? [] : [[child.id, school, 'GR', year, begin, '']];
  });
  const duties = residents.map(({ child, school }) => {
    const first = `${Number(child.birthDate.slice(0, 4)) + 6}-08-18`;
    return [child.id, 'J', first, '', school];
  });
  return [
    columnFile(name('skolor'), ['skol_id', 'namn', 'huvudman'], SCHOOLS),
    columnFile(name('elever'), PUPIL_COLUMNS, pupils),
    columnFile(name('inskrivningar'), ENROLMENT_COLUMNS, enrolments),
    columnFile(name('skolplikt'), ['barn_id', 'status', 'fran', 'till', 'skol_id'], duties),
  ];
}

const PUPIL_COLUMNS = ['barn_id', 'personnummer', 'fornamn', 'efternamn', 'fodd', 'skydd'];
const ENROLMENT_COLUMNS = ['barn_id', 'skol_id', 'skolform', 'arskurs', 'fran', 'till'];

function residentsOf(city: City): readonly Resident[] {
  const count = Math.max(4, Math.round(city.pupils / CHILDREN_PER_PUPIL));
  const now = Number(city.date.slice(0, 4));
  return Array.from({ length: count }, (_, number) => {
    const year = 1 + (number % 9);
    const school = SCHOOLS[number % 4]?.[0] ?? null;
    return { child: outsider('walter', city, number, now - 6 - year), year, school };
  });
}
