import {
  type ServedObjects,
  type ServedThere,
  type Span,
  servedThere,
} from '../../../core/plugin.ts';
import { relatedPersons } from './relationships.ts';
import { texts } from './texts.ts';

/** Whether a row is meant. */
export type Test = (row: ServedThere) => boolean;

/** Which rows of a list are meant. */
export interface Selection {
  readonly changed: Span;
  readonly created: Span;
  /** Null: every row is. */
  readonly test: Test | null;
}

/** A parameter of a list that selects by what an object says. */
export interface Filter {
  /** It may be given more than once: any of the values is meant. */
  readonly many: boolean;
  readonly make: (values: readonly string[], objects: ServedObjects) => Test | Promise<Test>;
}

const at = (path: string, many = false): Filter => ({
  many,
  make: (values) => (row) => texts(row.object, path).some((text) => values.includes(text)),
});
const anyAt = (path: string) => at(path, true);

/** What each list may be selected by, beside its dates, `meta.*` and `relationship.*`. */
export const FILTERS: Readonly<Record<string, Readonly<Record<string, Filter>>>> = {
  organisations: {
    parent: anyAt('parentOrganisation'),
    schoolUnitCode: anyAt('schoolUnitCode'),
    organisationCode: anyAt('organisationCode'),
    municipalityCode: at('municipalityCode'),
    type: anyAt('organisationType'),
    schoolTypes: anyAt('schoolTypes[]'),
  },
  persons: {
    nameContains: { many: true, make: nameTest },
    civicNo: at('civicNo.value'),
    eduPersonPrincipalName: at('eduPersonPrincipalNames[]'),
    'identifier.value': at('externalIdentifiers[].value'),
    'identifier.context': at('externalIdentifiers[].context'),
  },
  placements: {
    organisation: at('placedAt'),
    group: at('group'),
    child: at('child'),
    owner: at('owners[]'),
  },
  duties: {
    organisation: { many: false, make: dutyAtTest },
    dutyRole: at('dutyRole'),
    person: at('person'),
  },
  groups: {
    groupType: anyAt('groupType'),
    schoolTypes: anyAt('schoolType'),
    organisation: anyAt('organisation'),
  },
  programmes: {
    schoolType: anyAt('schoolType'),
    code: at('code'),
    parentProgramme: at('parentProgramme'),
  },
  syllabuses: {},
  activities: {
    member: { many: false, make: memberTest },
    teacher: at('teachers[].duty'),
    organisation: at('organisation'),
    group: at('groups[]'),
  },
};

/** Lists whose objects have days on which they begin and end. */
export const DATED = new Set(['organisations', 'placements', 'duties', 'groups', 'activities']);

/** Capital and small letters are the same, and the whole name is looked at. */
function nameTest(values: readonly string[]): Test {
  const wanted = values.map((value) => value.toLocaleLowerCase('sv'));
  return ({ object: { givenName, middleName, familyName } }) => {
    const name = [givenName, middleName, familyName].filter((one) => one !== undefined).join(' ');
    const lower = name.toLocaleLowerCase('sv');
    return wanted.some((value) => lower.includes(value));
  };
}

/** Duties at an organisation, or at one below it. */
async function dutyAtTest(values: readonly string[], objects: ServedObjects): Promise<Test> {
  const children = new Map<string, string[]>();
  for await (const rows of servedThere(objects, 'organisations')) {
    for (const { key, object } of rows) {
      for (const parent of texts(object, 'parentOrganisation')) {
        children.set(parent, [...(children.get(parent) ?? []), key]);
      }
    }
  }
  const meant = new Set(values);
  // What is added meanwhile is gone through as well.
  for (const one of meant) for (const child of children.get(one) ?? []) meant.add(child);
  return ({ object }) => texts(object, 'dutyAt').some((one) => meant.has(one));
}

/** Activities of groups that a person is a member of. */
async function memberTest(values: readonly string[], objects: ServedObjects): Promise<Test> {
  const groups = new Set<string>();
  for await (const rows of servedThere(objects, 'groups')) {
    for (const { key, object } of rows) {
      const members = texts(object, 'groupMemberships[].person');
      if (members.some((one) => values.includes(one))) groups.add(key);
    }
  }
  return ({ object }) => texts(object, 'groups[]').some((one) => groups.has(one));
}

const ENDS = ['startDate', 'endDate'] as const;
const SIDES = ['onOrBefore', 'onOrAfter'] as const;
export const DATE_PARAMETERS = ENDS.flatMap((end) => SIDES.map((side) => `${end}.${side}`));

/** By day, the limits included. What has no last day is always still open. */
export function datesTest(wanted: ReadonlyMap<string, string>): (dates: Dates) => boolean {
  const checks = [...wanted].map(([name, day]) => {
    const isEnd = name.startsWith('endDate');
    const isBefore = name.endsWith('onOrBefore');
    return (dates: Dates) => {
      const date = isEnd ? dates.endDate : dates.startDate;
      if (typeof date !== 'string') return isEnd || isBefore;
      return isBefore ? date <= day : date >= day;
    };
  });
  return (dates) => checks.every((check) => check(dates));
}

/** First and last day, as an object has them. */
export interface Dates {
  readonly startDate?: unknown;
  readonly endDate?: unknown;
}

/** Persons by what ties them to an organisation; see relationships.ts. */
export async function relationshipTest(
  wanted: ReadonlyMap<string, string>,
  objects: ServedObjects,
): Promise<Test> {
  const dates = [...wanted].filter(([name]) => DATE_PARAMETERS.includes(name));
  const meant = await relatedPersons(objects, {
    type: wanted.get('entity.type') ?? null,
    organisation: wanted.get('organisation') ?? null,
    isIn: datesTest(new Map(dates)),
  });
  return ({ key }) => meant.has(key);
}
