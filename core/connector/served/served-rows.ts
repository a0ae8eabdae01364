import type { JsonObject } from '../../message/message.ts';
import type { ServedQuery, ServedRow, Span } from '../../store/ledger-store.ts';
import type { ServedObjects } from './served-api.ts';

/** An object that is there. */
export interface ServedThere extends ServedRow {
  /** As the ledger has it. */
  readonly object: JsonObject;
}

/** Rows that are read at once. */
const BATCH = 500;

/** Any time. */
export const EVER: Span = { after: null, before: null };

/** The rows of a kind, or of a query, in batches; in order of keys unless it says otherwise. */
export async function* servedRows(
  objects: ServedObjects,
  kind: string,
  query: Partial<ServedQuery> = {},
): AsyncGenerator<readonly ServedRow[]> {
  const limit = query.limit ?? BATCH;
  let after = query.after ?? null;
  for (;;) {
    const rows = await objects.page(kind, {
      ...{ order: 'key', gone: false, changed: EVER, created: EVER, ...query, after, limit },
    });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < limit) return;
    after = last;
  }
}

/** The same, of what is there. */
export async function* servedThere(
  objects: ServedObjects,
  kind: string,
  query: Partial<ServedQuery> = {},
): AsyncGenerator<readonly ServedThere[]> {
  for await (const rows of servedRows(objects, kind, query)) yield rows.filter(isThere);
}

/** Those of the keys that are there, in the order of the keys. */
export async function servedByKeys(
  objects: ServedObjects,
  kind: string,
  keys: readonly string[],
): Promise<readonly ServedThere[]> {
  const rows = await objects.byKeys(kind, [...new Set(keys)]);
  const found = new Map(rows.filter(isThere).map((row) => [row.key, row]));
  return keys.flatMap((key) => found.get(key) ?? []);
}

function isThere(row: ServedRow): row is ServedThere {
  return row.object !== null;
}

/**
 * The first of many in an order, and how many they are: all are looked at, and no more are
 * remembered than twice the number that is asked for.
 */
export async function firstInOrder<T>(
  batches: AsyncIterable<readonly T[]>,
  compare: (a: T, b: T) => number,
  limit: number,
): Promise<{ readonly first: readonly T[]; readonly count: number }> {
  let first: T[] = [];
  let count = 0;
  for await (const batch of batches) {
    count += batch.length;
    first.push(...batch);
    if (first.length > 2 * limit) first = first.sort(compare).slice(0, limit);
  }
  return { first: first.sort(compare).slice(0, limit), count };
}
