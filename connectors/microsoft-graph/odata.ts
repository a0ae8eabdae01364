import {
  isObject,
  type Json,
  type JsonObject,
  type Paging,
  saying,
  TransientFailure,
} from '../../core/plugin.ts';

/** Each page of a list leads to the next; the first says how many objects there are. */
export const PAGES: Paging = {
  ...{ style: 'link', items: 'value' },
  ...{ next: '@odata.nextLink', total: '@odata.count' },
};

/** The directory counts only for whoever takes what it knew a moment ago; on every page. */
export const COUNTED: Readonly<Record<string, string>> = { ConsistencyLevel: 'eventual' };

/** A text as a literal of OData's filters, in a query. */
export function literal(text: string): string {
  return encodeURIComponent(`'${text.replaceAll("'", "''")}'`);
}

/** The objects of an answer's list; none where there is no answer. Throws where it holds no list. */
export function valuesIn(body: Json): readonly JsonObject[] {
  if (body === null) return [];
  const list = isObject(body) ? body['value'] : null;
  if (Array.isArray(list)) return list.filter(isObject);
  throw new TransientFailure('TARGET_ANSWER_UNREADABLE', saying('lookUpNoList', {}));
}

/** The text of a field; empty where it has none. */
export function textAt(object: Json, ...path: readonly string[]): string {
  let found: Json = object;
  for (const name of path) found = isObject(found) ? (found[name] ?? null) : null;
  return typeof found === 'string' ? found : '';
}
