import {
  type ConnectorContext,
  deletedRecords,
  isObject,
  type Json,
  ListedRecords,
  type Paging,
  type RecordBatch,
  type ServiceOptions,
  type Source,
} from '../../core/plugin.ts';

/** Options of the manifest. */
export interface Options extends ServiceOptions {
  readonly lists: readonly string[];
  readonly pageSize: number;
  readonly overlapMinutes: number;
  readonly keepDays?: number;
}

/** A pageToken may be combined with nothing but limit. */
export const PAGES: Paging = {
  style: 'cursor',
  items: 'data',
  next: 'pageToken',
  parameter: 'pageToken',
  keep: ['limit'],
};
/** The list of each stream, what is referred to before what refers. */
const LISTS: readonly (readonly [string, string])[] = [
  ['calendar-event', 'calendarEvents'],
  ['attendance', 'attendances'],
  ['grade', 'grades'],
];
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** The standard asks for a time of calendar events: a school year back and ahead. */
const YEAR_MS = 400 * DAY_MS;

/** Where a read stands, in epoch milliseconds. */
interface Checkpoint {
  readonly readAt: number;
  /** What was last changed before is forgotten; null where nothing has been. */
  readonly forgottenTo: number | null;
}

/**
 * Reads what a provider has changed and deleted since the last read; at first everything. Never
 * everything again: a city reports hundreds of thousands of attendances a day. What has become too
 * old is asked for once a day, and deleted here.
 */
export class ReportSource implements Source {
  readonly #context: ConnectorContext<Options>;

  constructor(context: ConnectorContext<Options>) {
    this.#context = context;
  }

  async *read(since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    signal.throwIfAborted();
    const { now, options } = this.#context;
    const readAt = now();
    const before = checkpointOf(since);
    const overlapMs = options.overlapMinutes * MINUTE_MS;
    const after = before === null ? null : textOf(before.readAt - overlapMs);
    const deleted = after === null ? null : await this.#deleted(after, signal);
    const from = before?.forgottenTo ?? null;
    const oldest = this.#oldest();
    const isDue = oldest !== null && before !== null && oldest - (from ?? 0) >= DAY_MS;
    const forgottenTo = isDue || before === null ? oldest : from;
    const lists = LISTS.filter(([, list]) => options.lists.includes(list));
    for (const [at, [stream, list]] of lists.entries()) {
      // Deletions come first: what has been made anew under the same id stays.
      const gone = deletedRecords('deletedEntities', 'id', deleted?.get(list) ?? []);
      yield { ...batchOf(stream), records: gone };
      yield* this.#readList(stream, list, after, signal);
      if (isDue) yield* this.#forget(stream, list, from, oldest, signal);
      const checkpoint = at === lists.length - 1 ? { readAt, forgottenTo } : null;
      yield { ...batchOf(stream), last: true, checkpoint };
    }
  }

  async close(): Promise<void> {}

  async *#readList(
    stream: string,
    list: string,
    after: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<RecordBatch> {
    const { http, now, options } = this.#context;
    const query = new URLSearchParams({ limit: String(options.pageSize) });
    const oldest = this.#oldest();
    if (after !== null) query.set('meta.modified.after', after);
    if (list === 'calendarEvents') {
      query.set('startTime.onOrAfter', textOf(Math.max(now() - YEAR_MS, oldest ?? 0)));
      query.set('startTime.onOrBefore', textOf(now() + YEAR_MS));
    } else if (after === null && oldest !== null) {
      query.set('meta.modified.after', textOf(oldest));
    }
    const listed = new ListedRecords(list, 'id');
    for await (const objects of http.pages(`/${list}?${query}`, PAGES, { signal })) {
      signal.throwIfAborted();
      if (after === null) listed.checkNew(objects);
      yield { ...batchOf(stream), ...listed.recordsOf(objects) };
    }
  }

  /** Deletes what the provider still has, and has not changed for so long: since then, or ever. */
  async *#forget(
    stream: string,
    list: string,
    from: number | null,
    to: number,
    signal: AbortSignal,
  ): AsyncGenerator<RecordBatch> {
    const { http, options } = this.#context;
    const query = new URLSearchParams({ limit: String(options.pageSize) });
    const [first, last] =
      list === 'calendarEvents'
        ? ['startTime.onOrAfter', 'startTime.onOrBefore']
        : ['meta.modified.after', 'meta.modified.before'];
    query.set(first, textOf(from ?? 0));
    query.set(last, textOf(to));
    for await (const objects of http.pages(`/${list}?${query}`, PAGES, { signal })) {
      signal.throwIfAborted();
      const ids = objects.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
      yield { ...batchOf(stream), records: deletedRecords('keepDays', 'id', ids) };
    }
  }

  /** What was last changed before is not kept; null where everything is. */
  #oldest(): number | null {
    const { now, options } = this.#context;
    return options.keepDays === undefined ? null : now() - options.keepDays * DAY_MS;
  }

  /** Ids by the names of the lists. A provider without the list tells of none. */
  async #deleted(after: string, signal: AbortSignal): Promise<ReadonlyMap<string, string[]>> {
    const deleted = new Map<string, string[]>();
    const path = `/deletedEntities?${new URLSearchParams({ after })}`;
    for await (const lists of this.#context.http.lists(path, PAGES, { signal })) {
      for (const [list, ids] of Object.entries(lists)) {
        if (!Array.isArray(ids)) continue;
        deleted.set(list, [...(deleted.get(list) ?? []), ...ids.map(String)]);
      }
    }
    return deleted;
  }
}

function checkpointOf(since: Json): Checkpoint | null {
  const { readAt, forgottenTo } = isObject(since) ? since : {};
  if (typeof readAt !== 'number') return null;
  return { readAt, forgottenTo: typeof forgottenTo === 'number' ? forgottenTo : null };
}

function textOf(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

function batchOf(stream: string): RecordBatch {
  return { stream, mode: 'delta', records: [], faults: [], last: false, checkpoint: null };
}
