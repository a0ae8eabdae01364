import type { City, Unit } from '../city.ts';
import { childrenAt, independentPreschools, placementIdOf } from '../independent-schools.ts';
import { schoolYear } from '../school-year.ts';
import { columnFile, type SystemFile, type WriteSystem } from './system-file.ts';

const SCHEDULES = ['schema', 'placering', 'veckor', 'fran', 'till'];
const TIMES = ['schema', 'vecka', 'dag', 'kommer', 'gar'];

/** What the independent preschool of that place in the city's list reports: when each child is there. */
export function preschoolReportOf(place: number): WriteSystem {
  return (city, date) => {
    const unit = independentPreschools(city)[place];
    return unit === undefined ? [] : reportFiles(unit, city, date);
  };
}

/** Each preschool numbers its schedules from 1. */
function reportFiles(unit: Unit, city: City, date: string): readonly SystemFile[] {
  const { begin } = schoolYear(city);
  const children = childrenAt(unit, city);
  const schedules = children.map(({ id, number }) => {
    return [number + 1, placementIdOf(unit, city, id), 1, begin, null];
  });
  const times = children.flatMap(({ number }) =>
    [1, 2, 3, 4, 5].map((day) => [number + 1, 0, day, '08:00', day === 5 ? '15:00' : '16:00']),
  );
  const name = (what: string) => `${what}-${date}.csv`;
  return [
    columnFile(name('scheman'), SCHEDULES, schedules),
    columnFile(name('tider'), TIMES, times),
  ];
}
