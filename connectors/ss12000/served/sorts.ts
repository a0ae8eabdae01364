import type { ServedObjects } from '../../../core/plugin.ts';
import type { Selection } from './filters.ts';
import { allOf, type There, texts } from './rows.ts';

/** By what a list is sorted; what has no value comes last. */
export interface Sort {
  readonly valueOf: (row: There) => string | null;
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
export function compare({ isDescending }: Sort, a: SortedPlace, b: SortedPlace): number {
  if (a.value !== b.value) {
    if (a.value === null || b.value === null) return a.value === null ? 1 : -1;
    const order = SWEDISH.compare(a.value, b.value) || (a.value < b.value ? -1 : 1);
    return isDescending ? -order : order;
  }
  return a.key < b.key ? -1 : Number(a.key > b.key);
}

/**
 * The first places of a sorted list behind one of them: every row is looked at, and no more are
 * remembered than twice the number that is asked for.
 */
export async function firstPlaces(
  objects: ServedObjects,
  list: string,
  sort: Sort,
  { changed, created, test }: Selection,
  after: SortedPlace | null,
  limit: number,
): Promise<readonly SortedPlace[]> {
  let found: SortedPlace[] = [];
  const inOrder = (a: SortedPlace, b: SortedPlace) => compare(sort, a, b);
  for await (const rows of allOf(objects, list, { changed, created })) {
    for (const row of rows) {
      if (test !== null && !test(row)) continue;
      const place = { key: row.key, value: sort.valueOf(row) };
      if (after === null || compare(sort, after, place) < 0) found.push(place);
    }
    if (found.length > 2 * limit) found = found.sort(inOrder).slice(0, limit);
  }
  return found.sort(inOrder).slice(0, limit);
}
