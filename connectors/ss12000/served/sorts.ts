import {
  firstInOrder,
  type ServedObjects,
  type ServedThere,
  servedThere,
} from '../../../core/plugin.ts';
import type { Selection } from './filters.ts';
import { texts } from './texts.ts';

/** By what a list is sorted; what has no value comes last. */
export interface Sort {
  readonly valueOf: (row: ServedThere) => string | null;
  readonly isDescending: boolean;
}

/** A row's place in a sorted list. */
export interface SortedPlace {
  readonly key: string;
  readonly value: string | null;
}

const by = (path: string, isDescending = false): Sort => ({
  valueOf: ({ object }) => texts(object, path)[0] ?? null,
  isDescending,
});
const both = (name: string, path: string): Readonly<Record<string, Sort>> => ({
  [`${name}Asc`]: by(path),
  [`${name}Desc`]: by(path, true),
});
const TIME_DIGITS = 15;
const MODIFIED: Sort = {
  valueOf: ({ changedAt }) => String(changedAt).padStart(TIME_DIGITS, '0'),
  isDescending: true,
};
const NAMED = { ModifiedDesc: MODIFIED, DisplayNameAsc: by('displayName') };
const DATED = { ...both('StartDate', 'startDate'), ...both('EndDate', 'endDate') };

/** The standard's sort keys, list by list. */
export const SORTS: Readonly<Record<string, Readonly<Record<string, Sort>>>> = {
  organisations: NAMED,
  persons: {
    DisplayNameAsc: {
      valueOf: ({ object: { givenName, familyName } }) => `${givenName} ${familyName}`,
      isDescending: false,
    },
    ...both('GivenName', 'givenName'),
    ...both('FamilyName', 'familyName'),
    ...both('CivicNo', 'civicNo.value'),
    ModifiedDesc: MODIFIED,
  },
  placements: { ...DATED, ModifiedDesc: MODIFIED },
  duties: { ...both('StartDate', 'startDate'), ModifiedDesc: MODIFIED },
  groups: { ...NAMED, ...DATED },
  programmes: { NameAsc: by('name'), CodeAsc: by('code'), ModifiedDesc: MODIFIED },
  syllabuses: {
    ModifiedDesc: MODIFIED,
    ...both('SubjectName', 'subjectName'),
    ...both('SubjectCode', 'subjectCode'),
    ...both('CourseName', 'courseName'),
    ...both('CourseCode', 'courseCode'),
    ...both('SubjectDesignation', 'subjectDesignation'),
  },
  activities: NAMED,
};

const SWEDISH = new Intl.Collator('sv');

/** Which of two places comes first, keys last. */
function compare({ isDescending }: Sort, a: SortedPlace, b: SortedPlace): number {
  if (a.value !== b.value) {
    if (a.value === null || b.value === null) return a.value === null ? 1 : -1;
    const order = SWEDISH.compare(a.value, b.value) || (a.value < b.value ? -1 : 1);
    return isDescending ? -order : order;
  }
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

/** The first places of a sorted list behind one of them. */
export async function firstPlaces(
  objects: ServedObjects,
  list: string,
  sort: Sort,
  { changed, created, test }: Selection,
  after: SortedPlace | null,
  limit: number,
): Promise<readonly SortedPlace[]> {
  async function* places(): AsyncGenerator<readonly SortedPlace[]> {
    for await (const rows of servedThere(objects, list, { changed, created })) {
      const meant = test === null ? rows : rows.filter(test);
      const all = meant.map((row) => ({ key: row.key, value: sort.valueOf(row) }));
      yield after === null ? all : all.filter((place) => compare(sort, after, place) < 0);
    }
  }
  const inOrder = (a: SortedPlace, b: SortedPlace) => compare(sort, a, b);
  return (await firstInOrder(places(), inOrder, limit)).first;
}
