import {
  EVER,
  firstInOrder,
  type JsonObject,
  type ServedObjects,
  type ServedRow,
  servedRows,
  servedThere,
} from '../../../core/plugin.ts';
import type { Collection } from './collections.ts';
import { isMeant, valuesAt } from './filter.ts';
import { type ListRequest, speaksOf } from './list-request.ts';
import { shapeOf, type Version } from './shapes.ts';

/** What a page of a list is made from. */
export interface Listing {
  readonly collection: Collection;
  readonly request: ListRequest;
  readonly version: Version;
  readonly objects: ServedObjects;
  /** Of the version, for references. */
  readonly url: string;
}

/** A row that is meant, and by what it is sorted. */
interface Place {
  readonly row: ServedRow;
  readonly value: string;
}

const OF_ROLES = ['role', 'roles', 'orgs'];

/** The rows of a page, and how many the list has in all. */
export async function pageOf(
  listing: Listing,
): Promise<{ readonly rows: readonly ServedRow[]; readonly count: number }> {
  const { collection, request, objects } = listing;
  const { limit, offset, filter, sort, isDescending } = request;
  const { list, keys } = collection;
  const isPlain = keys === null && sort === null && !isDescending && isOfAllActive(filter);
  if (isPlain) {
    const spans = { changed: EVER, created: EVER };
    const count = await objects.count(list, spans);
    const page = { order: 'key', after: null, skip: offset, limit, gone: false } as const;
    return { rows: await objects.page(list, { ...page, ...spans }), count };
  }
  const compare = (a: Place, b: Place) => {
    const order = SWEDISH.compare(a.value, b.value) || (a.row.key < b.row.key ? -1 : 1);
    return isDescending ? -order : order;
  };
  const { first, count } = await firstInOrder(placesOf(listing), compare, offset + limit);
  return { rows: first.slice(offset).map(({ row }) => row), count };
}

const SWEDISH = new Intl.Collator('sv', { numeric: false });

function isOfAllActive(filter: ListRequest['filter']): boolean {
  if (filter === null) return true;
  const [one, ...more] = filter.comparisons;
  const isStatus = one?.field.join('.') === 'status' && one.operator === '=';
  return more.length === 0 && isStatus && one.value === 'active';
}

/** All rows that are meant. What is gone is among them where a filter asks for changes. */
async function* placesOf(listing: Listing): AsyncGenerator<readonly Place[]> {
  const { collection, request, objects, version, url } = listing;
  const { filter, sort } = request;
  const { list, keys } = collection;
  const path = sort?.split('.') ?? ['sourcedId'];
  const needsRoles =
    list === 'users' && (speaksOf(filter, ...OF_ROLES) || OF_ROLES.includes(path[0] ?? ''));
  const roles = needsRoles ? await rolesOf(objects, null) : new Map<string, JsonObject[]>();
  const asksForGone = collection.hasGone && speaksOf(filter, 'status', 'dateLastModified');
  for (const gone of asksForGone ? [false, true] : [false]) {
    for await (const rows of servedRows(objects, list, { gone })) {
      yield rows.flatMap((row): readonly Place[] => {
        if (keys !== null && !gone && !keys.has(row.key)) return [];
        const shape = shapeOf(list, version, row, roles.get(row.key) ?? [], url);
        if (filter !== null && !isMeant(filter, shape)) return [];
        return [{ row, value: valuesAt(shape, path)[0] ?? '' }];
      });
    }
  }
}

/** Rows of a list as objects of the standard. */
export async function shapesOf(
  { collection: { list }, version, objects, url }: Listing,
  rows: readonly ServedRow[],
): Promise<readonly JsonObject[]> {
  const users = list === 'users' ? new Set(rows.map(({ key }) => key)) : new Set<string>();
  const roles = users.size > 0 ? await rolesOf(objects, users) : new Map<string, JsonObject[]>();
  return rows.map((row) => shapeOf(list, version, row, roles.get(row.key) ?? [], url));
}

/** The roles of some users, or of all: each row names its user. */
async function rolesOf(
  objects: ServedObjects,
  users: ReadonlySet<string> | null,
): Promise<ReadonlyMap<string, JsonObject[]>> {
  const found = new Map<string, JsonObject[]>();
  for await (const rows of servedThere(objects, 'roles')) {
    for (const { object } of rows) {
      const user = String(object['userSourcedId']);
      if (users !== null && !users.has(user)) continue;
      const known = found.get(user) ?? [];
      known.push(object);
      found.set(user, known);
    }
  }
  return found;
}
