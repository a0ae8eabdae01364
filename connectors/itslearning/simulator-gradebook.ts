import {
  buildXml,
  findElement,
  type JsonObject,
  type XmlDraft,
  type XmlElement,
} from '../../core/plugin.ts';
import type { ItslearningSite } from './simulator-site.ts';

const MOST = 100;

/** Each list by its operation: what it and its rows are called, and its rows. */
const LISTS: Readonly<Record<string, readonly [list: string, row: string]>> = {
  ReadCourses: ['Courses', 'Course'],
  ReadCourseGradebookItems: ['GradebookItems', 'GradebookItem'],
  ReadCourseGradebookAssessments: ['Assessments', 'Assessment'],
};

/** A page of a list of the ReadDataService; null where the service says no. */
export function readAnswer(
  operation: string,
  envelope: XmlElement,
  site: ItslearningSite,
): string | null {
  const text = (name: string) => findElement(envelope, name)?.text ?? '';
  const course = text('CourseSyncKey');
  const [list, row] = LISTS[operation] ?? [];
  if (list === undefined || row === undefined || site.shut.has(course)) return null;
  const rows = rowsOf(operation, course, site);
  const [index, size] = [Number(text('PageIndex')), Math.min(MOST, Number(text('PageSize')))];
  const page = rows.slice(index * size, (index + 1) * size);
  const numbers = { CurrentPageIndex: index, PageSize: page.length, Total: rows.length };
  const result: XmlDraft = {
    name: `${operation}Result`,
    children: [
      { name: 'a:AnError', attributes: { 'i:nil': 'true' } },
      ...elementsOf(numbers),
      {
        name: `a:${list}`,
        children: page.map((one) => ({ name: `a:${row}`, children: elementsOf(one) })),
      },
    ],
  };
  return buildXml({
    name: 's:Envelope',
    attributes: {
      'xmlns:s': 'http://schemas.xmlsoap.org/soap/envelope/',
      'xmlns:a': 'urn:a',
      'xmlns:i': 'http://www.w3.org/2001/XMLSchema-instance',
    },
    children: [
      { name: 's:Body', children: [{ name: `${operation}Response`, children: [result] }] },
    ],
  });
}

/** Courses are those that it was told of, and others that have a gradebook. */
function rowsOf(operation: string, course: string, site: ItslearningSite): readonly JsonObject[] {
  if (operation !== 'ReadCourses') {
    const { items, assessments } = site.gradebooks.get(course) ?? { items: [], assessments: [] };
    return operation === 'ReadCourseGradebookItems' ? items : assessments;
  }
  const told = [...site.groups].flatMap(([id, { type }]) => (type === 'Course' ? [id] : []));
  const keys = [...new Set([...site.gradebooks.keys(), ...told])];
  // One was made by hand: it has no key of ours.
  const ours = keys.map((CourseSyncKey, at) => ({ CourseId: at + 2, CourseSyncKey }));
  return [{ CourseId: 1, CourseTitle: 'Fritt val' }, ...ours];
}

function elementsOf(row: JsonObject): readonly XmlDraft[] {
  return Object.entries(row).map(([name, value]) => ({ name: `a:${name}`, text: String(value) }));
}
