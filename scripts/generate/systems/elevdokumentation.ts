import { daysAfter } from '../../../core/message/dates.ts';
import type { City } from '../city.ts';
import { columnFile, compactDay, type SystemFile } from './system-file.ts';
import { taughtClass } from './taught-class.ts';

const SCALE = ['A', 'B', 'C', 'D', 'E', 'F'] as const;
const HALF_YEAR = 182;
const GRADES = ['betyg_id', 'elev', 'skolenhet', 'kursplan', 'larare', 'datum', 'betyg', 'termin'];
const PROGRAMMES = ['program_id', 'elev', 'skolenhet', 'beslut', 'datum', 'fran', 'till', 'behov'];

/** Elevdokumentation's files: the grades of one class, and a decision on special support. */
export function elevdokumentationFiles(city: City, date: string): readonly SystemFile[] {
  const { chance } = city;
  const taught = taughtClass(city);
  if (taught === null) return [];
  const { activities, pupils, teacherId, unitId } = taught;
  const decided = daysAfter(date, -80);
  const syllabus = activities.find(({ syllabusId }) => syllabusId !== null)?.syllabusId ?? null;
  const grades = pupils.map(({ id }) => {
    const value = chance.pick(SCALE, 'spring', id);
    const term = `VT${date.slice(0, 4)}`;
    return [chance.uuid('betyg', id), id, unitId, syllabus, teacherId, decided, value, term];
  });
  const programmes = pupils.slice(0, 1).map(({ id }) => {
    const until = daysAfter(date, HALF_YEAR);
    return [chance.uuid('program', id), id, unitId, 'U', decided, date, until, 'läsa och skriva'];
  });
  const name = (what: string) => `${what}-${compactDay(date)}.csv`;
  return [
    columnFile(name('betyg'), GRADES, grades),
    columnFile(name('atgardsprogram'), PROGRAMMES, programmes),
  ];
}
