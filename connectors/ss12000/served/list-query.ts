import { EVER, type ServedObjects, type Span } from '../../../core/plugin.ts';
import { EXPANDS } from './expand.ts';
import {
  DATE_PARAMETERS,
  DATED,
  datesTest,
  FILTERS,
  relationshipTest,
  type Selection,
  type Test,
} from './filters.ts';
import { RELATIONSHIPS } from './relationships.ts';
import { SORTS, type Sort } from './sorts.ts';

/** The client has asked for what cannot be answered: 400, with what is wrong. */
export class BadRequest extends Error {}

/** What a list was asked for. */
export interface ListQuery extends Selection {
  readonly sort: Sort | null;
  readonly expand: readonly string[];
  readonly hasNames: boolean;
}

const META = ['meta.created', 'meta.modified'].flatMap((name) => [
  `${name}.before`,
  `${name}.after`,
]);
const RELATED = ['entity.type', 'organisation', ...DATE_PARAMETERS];
const SHOWN = ['expand', 'expandReferenceNames'];
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** Checks a list's parameters, `limit` aside. Throws BadRequest. */
export async function readQuery(
  list: string,
  query: URLSearchParams,
  objects: ServedObjects,
): Promise<ListQuery> {
  const filters = FILTERS[list] ?? {};
  const known = new Set([
    ...[...Object.keys(filters), ...META, ...SHOWN, 'sortkey'],
    ...(DATED.has(list) ? DATE_PARAMETERS : []),
    ...(list === 'persons' ? RELATED.map((name) => `relationship.${name}`) : []),
  ]);
  refuseUnknown(query, known);
  const tests: Test[] = [];
  for (const [name, { many, make }] of Object.entries(filters)) {
    const values = many ? valuesOf(query, name) : oneOf(query, name);
    if (values.length > 0) tests.push(await make(values, objects));
  }
  const dates = datesIn(query, '');
  if (dates.size > 0) {
    const isIn = datesTest(dates);
    tests.push(({ object }) => isIn(object));
  }
  const related = relationshipIn(query);
  if (related.size > 0) tests.push(await relationshipTest(related, objects));
  return {
    ...{ changed: spanIn(query, 'meta.modified'), created: spanIn(query, 'meta.created') },
    ...{ sort: sortIn(list, query), ...readShown(list, query) },
    test: tests.length === 0 ? null : (row) => tests.every((test) => test(row)),
  };
}

/** How entities are to be shown. Throws BadRequest. */
export function readShown(
  list: string,
  query: URLSearchParams,
): Pick<ListQuery, 'expand' | 'hasNames'> {
  const expand = valuesOf(query, 'expand');
  const known = Object.keys(EXPANDS[list] ?? {});
  for (const one of expand) {
    if (!known.includes(one)) throw new BadRequest(`expand: ${known.join(', ') || 'nothing'}`);
  }
  const [names = 'false'] = oneOf(query, 'expandReferenceNames');
  if (names !== 'true' && names !== 'false') {
    throw new BadRequest('expandReferenceNames is true or false');
  }
  return { expand: [...new Set(expand)], hasNames: names === 'true' };
}

/** Parameters that nobody knows would be taken for filters that hold: they are refused. */
export function refuseUnknown(query: URLSearchParams, known: ReadonlySet<string>): void {
  for (const name of query.keys()) {
    if (!known.has(name.replace(/\[\]$/, '')))
      throw new BadRequest('there is an unknown parameter');
  }
}

/** The values of a parameter that may come more than once, also by its name with brackets. */
export function valuesOf(query: URLSearchParams, name: string): readonly string[] {
  return [...query.getAll(name), ...query.getAll(`${name}[]`)];
}

/** The value of a parameter that comes once at most. Throws BadRequest. */
function oneOf(query: URLSearchParams, name: string): readonly string[] {
  const values = query.getAll(name);
  if (values.length > 1) throw new BadRequest(`${name} may be given once`);
  return values;
}

/** A time, in epoch milliseconds; null where it is not said. Throws BadRequest. */
export function timeIn(query: URLSearchParams, name: string): number | null {
  const [text] = oneOf(query, name);
  if (text === undefined) return null;
  const time = TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new BadRequest(`${name} is a time such as 2026-09-01T03:00:00Z`);
  return time;
}

function spanIn(query: URLSearchParams, name: string): Span {
  const span = { after: timeIn(query, `${name}.after`), before: timeIn(query, `${name}.before`) };
  return span.after === null && span.before === null ? EVER : span;
}

function datesIn(query: URLSearchParams, prefix: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of DATE_PARAMETERS) {
    const [day] = oneOf(query, `${prefix}${name}`);
    if (day === undefined) continue;
    if (!DATE.test(day)) throw new BadRequest(`${prefix}${name} is a day such as 2026-09-01`);
    found.set(name, day);
  }
  return found;
}

function relationshipIn(query: URLSearchParams): ReadonlyMap<string, string> {
  const found = new Map(datesIn(query, 'relationship.'));
  for (const name of ['entity.type', 'organisation']) {
    for (const value of oneOf(query, `relationship.${name}`)) found.set(name, value);
  }
  const type = found.get('entity.type');
  if (type !== undefined && !RELATIONSHIPS.some((one) => one === type)) {
    throw new BadRequest(`relationship.entity.type: ${RELATIONSHIPS.join(', ')}`);
  }
  return found;
}

function sortIn(list: string, query: URLSearchParams): Sort | null {
  const [name] = oneOf(query, 'sortkey');
  if (name === undefined) return null;
  const known = SORTS[list] ?? {};
  const sort = Object.hasOwn(known, name) ? known[name] : undefined;
  if (sort === undefined) throw new BadRequest(`sortkey: ${Object.keys(known).join(', ')}`);
  return sort;
}

/** How many entities a page may have: what is asked for, within what is given. */
export function limitIn(query: URLSearchParams, usual: number, most: number): number {
  const [text] = oneOf(query, 'limit');
  if (text === undefined) return usual;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new BadRequest('limit is a number from 1');
  return Math.min(Number(text), most);
}
