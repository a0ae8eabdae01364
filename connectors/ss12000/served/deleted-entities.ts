import {
  type ApiAnswer,
  type ApiRequest,
  EVER,
  isObject,
  type Json,
  type ServedContext,
} from '../../../core/plugin.ts';
import { ENDPOINTS } from './endpoints.ts';
import { LISTS } from './entities.ts';
import { BadRequest, limitIn, refuseUnknown, timeIn, valuesOf } from './list-query.ts';

const USUAL_LIMIT = 10_000;

/** Where a list of what has gone goes on. */
interface Place {
  readonly after: number | null;
  readonly lists: readonly string[];
  readonly at: { readonly key: string; readonly changedAt: number } | null;
}

/** Answers which ids have gone since a time, the list of what refers last. Throws BadRequest. */
export async function answerDeleted(
  { query }: Pick<ApiRequest, 'query'>,
  { objects, seal, unseal }: Pick<ServedContext, 'objects' | 'seal' | 'unseal'>,
): Promise<ApiAnswer> {
  refuseUnknown(query, new Set(['after', 'entities', 'limit', 'pageToken']));
  const limit = limitIn(query, USUAL_LIMIT, USUAL_LIMIT);
  const begin = placeIn(query, unseal);
  const data: Record<string, string[]> = {};
  let left = limit;
  let { lists, at } = begin;
  while (left > 0) {
    const [list] = lists;
    if (list === undefined) break;
    const changed = { after: begin.after, before: null };
    const gone = await objects.page(list, {
      ...{ order: 'change', after: at, limit: left, gone: true, changed, created: EVER },
    });
    if (gone.length > 0) data[nameOf(list)] = gone.map(({ key }) => key);
    left -= gone.length;
    at = gone.at(-1) ?? null;
    if (left > 0) [lists, at] = [lists.slice(1), null];
  }
  const isOver = lists.length === 0;
  const rest = { after: begin.after, lists, at };
  const pageToken = isOver ? null : seal(tokenOf(rest));
  return { status: 200, body: { data, pageToken } };
}

function placeIn(query: URLSearchParams, unseal: ServedContext['unseal']): Place {
  const token = query.get('pageToken');
  if (token === null) {
    const wanted = valuesOf(query, 'entities');
    const known = LISTS.filter(
      (list) => wanted.length === 0 || wanted.includes(ENDPOINTS[list]) || wanted.includes(list),
    );
    return { after: timeIn(query, 'after'), lists: known, at: null };
  }
  if ([...query.keys()].some((name) => name !== 'pageToken' && name !== 'limit')) {
    throw new BadRequest('a pageToken goes with limit alone');
  }
  const place = placeOf(unseal(token));
  if (place === null) throw new BadRequest('the pageToken is not known');
  return place;
}

function tokenOf({ after, lists, at }: Place): Json {
  const [key, changedAt] = at === null ? [null, null] : [at.key, at.changedAt];
  return { gone: true, after, lists: [...lists], key, changedAt };
}

function placeOf(value: Json): Place | null {
  if (!isObject(value) || value['gone'] !== true || !Array.isArray(value['lists'])) return null;
  const { after, key, changedAt } = value;
  return {
    after: typeof after === 'number' ? after : null,
    lists: value['lists'].map(String),
    at: typeof key === 'string' ? { key, changedAt: Number(changedAt) } : null,
  };
}

/** The standard misspells activities here. */
function nameOf(list: string): string {
  return list === 'activities' ? 'activitites' : list;
}
