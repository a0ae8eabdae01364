import type { ApiAnswer, ServedApi } from '../../core/connector/served/served-api.ts';
import type { Json, JsonObject } from '../../core/message/message.ts';
import type { ServedObjects, ServedQuery, ServedRow } from '../../core/plugin.ts';
import type { SimulatedAnswer } from './disturbed-answers.ts';
import type { SimulatedRequest } from './simulator.ts';

/** What a simulated provider holds, in memory; with when it came, changed and went. */
export class HeldObjects implements ServedObjects {
  readonly #kinds = new Map<string, Map<string, ServedRow>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Puts an object in place of what had its key; it changes at this moment. */
  put(kind: string, key: string, object: JsonObject): void {
    const changedAt = this.#now();
    const known = this.#rowsOf(kind).get(key);
    const isNew = known === undefined || known.object === null;
    const createdAt = isNew ? changedAt : known.createdAt;
    this.#rowsOf(kind).set(key, { key, object, createdAt, changedAt });
  }

  /** `forgotten`: nobody hears of it. */
  remove(kind: string, key: string, forgotten: boolean): void {
    const at = this.#now();
    if (forgotten) this.#rowsOf(kind).delete(key);
    else this.#rowsOf(kind).set(key, { key, object: null, createdAt: at, changedAt: at });
  }

  /** What follows on a place in an order, as the port says it. */
  async page(kind: string, query: ServedQuery): Promise<readonly ServedRow[]> {
    const { after, order, skip = 0, limit, gone } = query;
    const place = ({ key, changedAt }: Pick<ServedRow, 'key' | 'changedAt'>) =>
      order === 'key' ? key : `${String(changedAt).padStart(15, '0')} ${key}`;
    return this.#within(kind, query)
      .filter(({ object }) => (object === null) === gone)
      .filter((row) => after === null || place(row) > place(after))
      .sort((a, b) => (place(a) < place(b) ? -1 : 1))
      .slice(skip, skip + limit);
  }

  /** Those of these keys that are there, in the order of the keys. */
  async byKeys(kind: string, keys: readonly string[]): Promise<readonly ServedRow[]> {
    const rows = keys.flatMap((key) => this.#rowsOf(kind).get(key) ?? []);
    return rows.filter(({ object }) => object !== null);
  }

  /** How many objects are there that were made and changed in these spans. */
  async count(kind: string, spans: Pick<ServedQuery, 'changed' | 'created'>): Promise<number> {
    return this.#within(kind, spans).filter(({ object }) => object !== null).length;
  }

  #within(kind: string, { changed, created }: Pick<ServedQuery, 'changed' | 'created'>) {
    const isIn = (at: number, { after, before }: ServedQuery['changed']) =>
      at > (after ?? -1) && at < (before ?? Number.POSITIVE_INFINITY);
    const rows = [...this.#rowsOf(kind).values()];
    return rows.filter((row) => isIn(row.changedAt, changed) && isIn(row.createdAt, created));
  }

  #rowsOf(kind: string): Map<string, ServedRow> {
    const rows = this.#kinds.get(kind) ?? new Map<string, ServedRow>();
    this.#kinds.set(kind, rows);
    return rows;
  }
}

/** What an API that is served to clients answers a simulator's request. */
export async function answerOf(
  api: ServedApi,
  { method, url, body }: SimulatedRequest,
): Promise<SimulatedAnswer> {
  const base = `/${api.base}/`;
  if (!url.pathname.startsWith(base)) return { status: 404 };
  const path = url.pathname.slice(base.length).split('/').map(decodeURIComponent);
  const request = { method, path, query: url.searchParams, body, url: url.origin + base };
  const { body: said, ...answer } = await api.answer(request, new AbortController().signal);
  return said === undefined ? answer : { ...answer, body: await wholeOf(said) };
}

async function wholeOf(body: Exclude<ApiAnswer['body'], undefined>): Promise<Json> {
  if (typeof body !== 'object' || body === null || !(Symbol.asyncIterator in body)) return body;
  let text = '';
  for await (const piece of body) text += piece;
  return JSON.parse(text);
}
