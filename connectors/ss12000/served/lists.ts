import {
  type ApiAnswer,
  type ApiRequest,
  isObject,
  type Json,
  type ServedContext,
  type ServedThere,
  servedByKeys,
  servedThere,
} from '../../../core/plugin.ts';
import type { Entities } from './entities.ts';
import { BadRequest, type ListQuery, limitIn, readQuery } from './list-query.ts';
import { firstPlaces, type SortedPlace } from './sorts.ts';

const BATCH = 500;
const USUAL_LIMIT = 1000;
const MOST = 10_000;
/** With what stands beside them, entities are held in memory until the page is whole. */
const MOST_EXPANDED = 1000;

type World = Pick<ServedContext, 'objects' | 'seal' | 'unseal'>;

/** Where a list goes on: its parameters, and the last row that was given. */
interface Token {
  readonly list: string;
  readonly query: string;
  readonly key: string;
  readonly changedAt: number;
  readonly value: string | null;
}

/** A row, and by what it was sorted. */
interface Placed {
  readonly row: ServedThere;
  readonly value: string | null;
}

/** Answers a list, page by page. Throws BadRequest. */
export async function answerList(
  list: string,
  request: Pick<ApiRequest, 'query'>,
  entities: Entities,
  world: World,
): Promise<ApiAnswer> {
  const { query, after } = begun(list, request.query, world);
  const wanted = await readQuery(list, query, world.objects);
  const most = wanted.expand.length > 0 ? MOST_EXPANDED : MOST;
  const limit = limitIn(request.query, USUAL_LIMIT, most);
  const rows = rowsOf(list, wanted, after, limit, world);
  const tokenAt = ({ row: { key, changedAt }, value }: Placed) =>
    world.seal({ list, query: query.toString(), key, changedAt, value });
  return { status: 200, body: pieces(list, rows, limit, wanted, entities, tokenAt) };
}

/** The parameters of a list, and the row after which it goes on. */
function begun(
  list: string,
  query: URLSearchParams,
  { unseal }: World,
): { readonly query: URLSearchParams; readonly after: Token | null } {
  const text = query.get('pageToken');
  const own = new URLSearchParams([...query].filter(([name]) => name !== 'limit'));
  if (text === null) return { query: own, after: null };
  // A pageToken may be combined with nothing but limit.
  if ([...own].length > 1) throw new BadRequest('a pageToken goes with limit alone');
  const token = tokenOf(unseal(text));
  if (token === null || token.list !== list) throw new BadRequest('the pageToken is not known');
  return { query: new URLSearchParams(token.query), after: token };
}

function tokenOf(value: Json): Token | null {
  if (!isObject(value)) return null;
  const { list, query, key, changedAt, value: sorted = null } = value;
  if (typeof list !== 'string' || typeof query !== 'string' || typeof key !== 'string') return null;
  return {
    ...{ list, query, key, changedAt: Number(changedAt) },
    value: typeof sorted === 'string' ? sorted : null,
  };
}

/** Rows of a list from a place on, in batches, no more of them than a page and one. */
async function* rowsOf(
  list: string,
  { changed, created, sort, test }: ListQuery,
  after: Token | null,
  limit: number,
  { objects }: World,
): AsyncGenerator<readonly Placed[]> {
  if (sort !== null) {
    const spans = { changed, created, test };
    const places = await firstPlaces(objects, list, sort, spans, after, limit + 1);
    yield* sorted(list, places, objects);
    return;
  }
  // Of changes the newest come last, so that none is missed while they are read; of all, each stays
  // in its place, so that none comes twice.
  const order: 'key' | 'change' = changed.after === null ? 'key' : 'change';
  let left = limit + 1;
  const batch = Math.min(BATCH, left);
  const query = { order, changed, created, after, limit: batch };
  for await (const rows of servedThere(objects, list, query)) {
    const meant = (test === null ? rows : rows.filter(test)).slice(0, left);
    left -= meant.length;
    yield meant.map((row) => ({ row, value: null }));
    if (left <= 0) return;
  }
}

async function* sorted(
  list: string,
  places: readonly SortedPlace[],
  objects: World['objects'],
): AsyncGenerator<readonly Placed[]> {
  const values = new Map(places.map(({ key, value }) => [key, value]));
  for (let at = 0; at < places.length; at += BATCH) {
    const keys = places.slice(at, at + BATCH).map(({ key }) => key);
    const rows = await servedByKeys(objects, list, keys);
    yield rows.map((row) => ({ row, value: values.get(row.key) ?? null }));
  }
}

/** A page as text, while it is read. */
async function* pieces(
  list: string,
  batches: AsyncIterable<readonly Placed[]>,
  limit: number,
  shown: ListQuery,
  entities: Entities,
  tokenAt: (last: Placed) => string,
): AsyncGenerator<string> {
  yield '{"data":[';
  let given = 0;
  let last: Placed | null = null;
  let isMore = false;
  const held: Placed[] = [];
  const isExpanded = shown.expand.length > 0;
  const write = async (some: readonly Placed[]) => {
    const rows = some.map(({ row }) => row);
    const made = await entities.of(list, rows, shown);
    const text = made.map((entity) => JSON.stringify(entity)).join(',');
    const comma = given > 0 && made.length > 0 ? ',' : '';
    given += made.length;
    return comma + text;
  };
  for await (const batch of batches) {
    const room = limit - given - held.length;
    const own = batch.slice(0, room);
    isMore = batch.length > room;
    last = own.at(-1) ?? last;
    // What is beside them is found for all of them at once.
    if (isExpanded) held.push(...own);
    else if (own.length > 0) yield await write(own);
    if (isMore) break;
  }
  if (held.length > 0) yield await write(held);
  const token = isMore && last !== null ? tokenAt(last) : null;
  yield `],"pageToken":${JSON.stringify(token)}}`;
}
