import type { City, Unit } from '../city.ts';
import { familiesOf } from '../people.ts';
import { employeeAt, staffSize } from '../staff.ts';
import { compactDay, type SystemFile, textFile } from './system-file.ts';

const COURSES = [
  ['MATMAT01a', 'Matematik 1a', 'Matematik'],
  ['SVESVE01', 'Svenska 1', 'Svenska'],
] as const;
/** Points of an assignment. */
const MOST = 20;
/** Students of a course of whom results are told. */
const MOST_REACHED = 20;
const SCALE = ['A', 'B', 'C', 'D', 'E', 'F'] as const;

/** Hanna's file of XML: the courses of adult education, their students, what is done there, and grades. */
export function hannaFiles(city: City, date: string): readonly SystemFile[] {
  const adult = city.units.filter(({ form }) => form === 'adult');
  const courses = adult.flatMap((unit) =>
    COURSES.map((course) => courseXml(unit, city, course, date)),
  );
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<hanna xmlns="urn:skolnav:hanna:1" skapad="${date}"><kurser>
${courses.join('')}</kurser></hanna>
`;
  return [textFile(`hanna-${compactDay(date)}.xml`, text, 'utf-8')];
}

function courseXml(
  unit: Unit,
  city: City,
  [code, name, subject]: (typeof COURSES)[number],
  date: string,
): string {
  const { chance } = city;
  const year = city.date.slice(0, 4);
  const id = chance.uuid('hanna', unit.index, code);
  const teacher = employeeAt(unit, city, chance.below(staffSize(unit), 'hanna', unit.index, code));
  const students = [...familiesOf(unit, city, unit.size)]
    .flatMap(({ children }) => children)
    .filter((child) => chance.of('hanna', code, child.id) < 0.3);
  const taken = students.map((child) => {
    return `<deltagare person="${child.id}" from="${year}-08-24"/>\n`;
  });
  const graded = students.filter((child) => chance.of('graded', code, child.id) < 0.2);
  const results = graded.map((child) => {
    const value = chance.pick(SCALE, 'grade', code, child.id);
    const about = `person="${child.id}" satt-av="${teacher.person.id}" datum="${year}-08-28"`;
    return `<betyg ${about}>${value}</betyg>\n`;
  });
  const work = chance.uuid('hanna', 'assignment', id);
  const reached = students.slice(0, MOST_REACHED).map((student) => {
    const isDone = chance.of('handed in', code, student.id) < 0.9;
    const points = isDone
      ? `bedömd" poang="${chance.below(MOST + 1, 'points', student.id)}`
      : 'saknas';
    return `<resultat person="${student.id}" datum="${date}" status="${points}"/>\n`;
  });
  const assignment = `<uppgift id="${work}" utdelad="${year}-08-26" senast="${date}" max="${MOST}"><rubrik>Inledande prov</rubrik>
${reached.join('')}</uppgift>
`;
  const head = `id="${id}" kod="${code}" enhet="${unit.id}" from="${year}-08-24" tom="${year}-12-18"`;
  const duty = teacher.duties[0]?.id ?? '';
  return `<kurs ${head}><namn>${name}</namn><amne>${subject}</amne><larare tjanst="${duty}"/>
${taken.join('')}${results.join('')}${assignment}</kurs>
`;
}
