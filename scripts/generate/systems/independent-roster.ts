import type { City, Unit } from '../city.ts';
import { childrenAt, independentSchools } from '../independent-schools.ts';
import { schoolYear } from '../school-year.ts';
import { columnFile, type SystemFile, type WriteSystem } from './system-file.ts';

const CLASSES = ['klass', 'namn', 'skolenhet_id', 'fran'];
const MEMBERS = ['klass', 'elev_id', 'fran', 'till'];

/** What the independent school of that place in the city's list leaves in its inbox: a class a year. */
export function rosterOf(place: number): WriteSystem {
  return (city, date) => {
    const unit = independentSchools(city)[place];
    return unit === undefined ? [] : rosterFiles(unit, city, date);
  };
}

function rosterFiles(unit: Unit, city: City, date: string): readonly SystemFile[] {
  const { begin } = schoolYear(city);
  const pupils = childrenAt(unit, city);
  const years = [...new Set(pupils.map(({ year }) => year ?? 1))].sort((a, b) => a - b);
  const classes = years.map((year) => [year, `${year}F`, unit.id, begin]);
  const members = pupils.map(({ id, year }) => [year ?? 1, id, begin, null]);
  const name = (what: string) => `${what}-${date}.csv`;
  return [
    columnFile(name('klasser'), CLASSES, classes),
    columnFile(name('klasselever'), MEMBERS, members),
  ];
}
