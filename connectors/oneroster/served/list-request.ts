import { type Filter, parseFilter, Refused } from './filter.ts';

/** What a list was asked for. */
export interface ListRequest {
  readonly limit: number;
  readonly offset: number;
  /** Null: by `sourcedId`. */
  readonly sort: string | null;
  readonly isDescending: boolean;
  readonly filter: Filter | null;
  /** Null: all fields. */
  readonly fields: ReadonlySet<string> | null;
}

const USUAL_LIMIT = 100;
const MOST = 10_000;
const KNOWN = ['limit', 'offset', 'sort', 'orderBy', 'filter', 'fields'];

/** Checks the parameters of a list. Throws Refused. */
export function readRequest(query: URLSearchParams, known: ReadonlySet<string>): ListRequest {
  for (const name of query.keys()) {
    if (KNOWN.includes(name) && query.getAll(name).length === 1) continue;
    throw new Refused(400, 'invaliddata', `the parameters are ${KNOWN.join(', ')}, each once`);
  }
  const sort = query.get('sort');
  const orderBy = query.get('orderBy') ?? 'asc';
  const field = sort?.split('.')[0] ?? null;
  if (field !== null && !known.has(field)) {
    throw new Refused(400, 'invalid_sort_field', 'there is no such field to sort by');
  }
  if (orderBy !== 'asc' && orderBy !== 'desc') {
    throw new Refused(400, 'invaliddata', 'orderBy is asc or desc');
  }
  const filter = query.get('filter');
  return {
    limit: Math.min(numberIn(query, 'limit', USUAL_LIMIT, 1), MOST),
    offset: numberIn(query, 'offset', 0, 0),
    sort: sort === 'sourcedId' ? null : sort,
    isDescending: orderBy === 'desc',
    filter: filter === null ? null : parseFilter(filter, known),
    fields: fieldsIn(query, known),
  };
}

/** The fields of one object, or of each of a list. Throws Refused. */
export function fieldsIn(
  query: URLSearchParams,
  known: ReadonlySet<string>,
): ReadonlySet<string> | null {
  const text = query.get('fields');
  if (text === null) return null;
  const fields = new Set(text.split(',').map((one) => one.trim()));
  if ([...fields].every((field) => known.has(field))) return fields;
  throw new Refused(400, 'invalid_selection_field', 'there is no such field to select');
}

function numberIn(query: URLSearchParams, name: string, usual: number, least: number): number {
  const text = query.get(name);
  if (text === null) return usual;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value >= least) return value;
  throw new Refused(400, 'invaliddata', `${name} is a number from ${least}`);
}

/** Whether a filter speaks of one of these fields. */
export function speaksOf(filter: Filter | null, ...fields: readonly string[]): boolean {
  return (filter?.comparisons ?? []).some(({ field: [first = ''] }) => fields.includes(first));
}
