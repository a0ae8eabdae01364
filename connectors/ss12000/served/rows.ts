import type { JsonObject, ServedObjects, ServedQuery, Span } from '../../../core/plugin.ts';

/** An object that is there, and when it came and changed (epoch milliseconds). */
export interface There {
  readonly key: string;
  readonly object: JsonObject;
  readonly createdAt: number;
  readonly changedAt: number;
}

/** Rows that are read at once. */
export const BATCH = 500;
export const ANY: Span = { after: null, before: null };

/** All rows of a list, or those of a query, in batches. */
export async function* allOf(
  objects: ServedObjects,
  list: string,
  query: Partial<ServedQuery> = {},
): AsyncGenerator<readonly There[]> {
  let after = query.after ?? null;
  for (;;) {
    const rows = await objects.page(list, {
      ...{ order: 'key', limit: BATCH, gone: false, changed: ANY, created: ANY, ...query, after },
    });
    if (rows.length > 0) yield rows.flatMap((row) => thereOf(row));
    const last = rows.at(-1);
    if (last === undefined || rows.length < (query.limit ?? BATCH)) return;
    after = last;
  }
}

/** Those of the keys that are there, in the order of the keys. */
export async function byKeys(
  objects: ServedObjects,
  list: string,
  keys: readonly string[],
): Promise<readonly There[]> {
  const found = new Map<string, There>();
  for (const row of await objects.byKeys(list, [...new Set(keys)])) {
    for (const there of thereOf(row)) found.set(there.key, there);
  }
  return keys.flatMap((key) => found.get(key) ?? []);
}

function thereOf(row: Awaited<ReturnType<ServedObjects['page']>>[number]): readonly There[] {
  const { object } = row;
  return object === null ? [] : [{ ...row, object }];
}

/** The texts at a path of an object; `[]` steps into a list. */
export function textsAt(value: unknown, path: readonly string[]): readonly string[] {
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === 'string' ? [value] : [];
  if (step === '[]') {
    return Array.isArray(value) ? value.flatMap((item) => textsAt(item, rest)) : [];
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
  return textsAt(Reflect.get(value, step), rest);
}

/** The same, of a path as it is written: `enrolments[].enroledAt`. */
export function texts(value: unknown, path: string): readonly string[] {
  return textsAt(value, path.replaceAll('[]', '.[]').split('.'));
}
