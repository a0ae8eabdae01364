import { daysAfter } from '../../../core/message/dates.ts';
import type { City } from '../city.ts';
import { type SystemFile, textFile } from './system-file.ts';
import { taughtClass } from './taught-class.ts';

const MOST = 20;
const GRADED = 0.9;
const LINE_ITEMS =
  'sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,categorySourcedId,academicSessionSourcedId,resultValueMin,resultValueMax,schoolSourcedId';
const RESULTS =
  'sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,scoreStatus,score,scoreDate,comment,textScore,classSourcedId,inProgress,incomplete,late,missing';

/** A learning platform's gradebook by OneRoster 1.2: a test in a class, and what its pupils reached. */
export function gradebookFiles(city: City, date: string): readonly SystemFile[] {
  const { chance } = city;
  const taught = taughtClass(city);
  if (taught === null) return [];
  const { group, pupils, unitId } = taught;
  const test = chance.uuid('gradebook', group.id);
  const given = `${test},,,Bråkräkning,,${daysAfter(date, -7)},${date},${group.id},test,y,0,${MOST},${unitId}`;
  const results = pupils.map(({ id }) => {
    const isGraded = chance.of('graded', test, id) < GRADED;
    const score = isGraded
      ? `fully graded,${chance.below(MOST + 1, 'score', id)}`
      : 'not submitted,';
    return `${chance.uuid('result', test, id)},,,${test},${id},${score},${date},,,${group.id},,,,`;
  });
  return [file('lineItems', [LINE_ITEMS, given]), file('results', [RESULTS, ...results])];
}

function file(name: string, lines: readonly string[]): SystemFile {
  return textFile(`${name}.csv`, lines.map((line) => `${line}\r\n`).join(''), 'utf-8');
}
