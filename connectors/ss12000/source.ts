import {
  type ConnectorContext,
  deletedRecords,
  type Json,
  ListedRecords,
  type Paging,
  type RecordBatch,
  type ServiceOptions,
  type Source,
} from '../../core/plugin.ts';
import { type Checkpoint, checkpointOf } from './checkpoint.ts';
import { readDeletions } from './deletions.ts';
import { inOrder } from './in-order.ts';

/** Options of the manifest. */
export interface Options extends ServiceOptions {
  readonly pageSize: number;
  readonly overlapMinutes: number;
  readonly wholeAfterHours: number;
  readonly without: readonly string[];
  readonly client?: { readonly callbackHosts?: readonly string[] };
}

/** The list of each stream, what is referred to before what refers. */
const LISTS: readonly (readonly [string, string])[] = [
  ['organisation', 'organisations'],
  ['syllabus', 'syllabuses'],
  ['programme', 'programmes'],
  ['person', 'persons'],
  ['group', 'groups'],
  ['placement', 'placements'],
  ['duty', 'duties'],
  ['activity', 'activities'],
];
/** How the standard gives long lists. */
export const PAGES: Paging = {
  style: 'cursor',
  items: 'data',
  next: 'pageToken',
  parameter: 'pageToken',
  // A pageToken may be combined with nothing but limit: the standard answers 400 to the rest.
  keep: ['limit'],
};
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

interface Reading {
  /** RFC 3339: changes since then are read; null: everything is. */
  readonly after: string | null;
  readonly deleted: ReadonlyMap<string, readonly string[]>;
  readonly signal: AbortSignal;
}

/**
 * Reads what a provider has changed and deleted since the last read; and everything where that was
 * never done or is long ago, since a deletion may be forgotten and `meta.modified` may not move.
 */
export class Ss12000Source implements Source {
  readonly #context: ConnectorContext<Options>;

  constructor(context: ConnectorContext<Options>) {
    this.#context = context;
  }

  async *read(since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    signal.throwIfAborted();
    const readAt = this.#context.now();
    const before = this.#changesSince(checkpointOf(since), readAt);
    const reading = await this.#begin(before, signal);
    const checkpoint = { readAt, wholeAt: before?.wholeAt ?? readAt };
    const { without } = this.#context.options;
    const lists = LISTS.filter(([stream]) => !without.includes(stream));
    for (const [stream, list] of lists) {
      yield* this.#readList(stream, list, reading);
      const isLast = stream === lists.at(-1)?.[0];
      yield { ...batchOf(stream, reading), last: true, checkpoint: isLast ? checkpoint : null };
    }
  }

  async close(): Promise<void> {}

  /** The checkpoint from which changes are enough; null where everything is to be read. */
  #changesSince(before: Checkpoint | null, now: number): Checkpoint | null {
    const { wholeAfterHours } = this.#context.options;
    return before !== null && now - before.wholeAt < wholeAfterHours * HOUR_MS ? before : null;
  }

  async #begin(before: Checkpoint | null, signal: AbortSignal): Promise<Reading> {
    if (before === null) return { after: null, deleted: new Map(), signal };
    const { http, options } = this.#context;
    const after = new Date(before.readAt - options.overlapMinutes * MINUTE_MS).toISOString();
    return { after, deleted: await readDeletions(http, after, PAGES, signal), signal };
  }

  /**
   * What has been made anew under an id that was deleted is there, and was never gone: a deletion
   * would take its memberships away, of which nothing has changed that could bring them back.
   */
  async *#readList(stream: string, list: string, reading: Reading): AsyncGenerator<RecordBatch> {
    const { after, deleted, signal } = reading;
    const gone = new Set(deleted.get(stream));
    const limit = { limit: String(this.#context.options.pageSize) };
    const query = after === null ? limit : { ...limit, 'meta.modified.after': after };
    const path = `/${list}?${new URLSearchParams(query)}`;
    const listed = new ListedRecords(list, 'id');
    for await (const objects of this.#context.http.pages(path, PAGES, { signal })) {
      signal.throwIfAborted();
      // In changes an entity may come again: it has changed once more meanwhile.
      if (after === null) listed.checkNew(objects);
      const read = listed.recordsOf(objects.map(inOrder));
      for (const { value } of read.records) gone.delete(String(value['id']));
      yield { ...batchOf(stream, reading), ...read };
    }
    const records = deletedRecords('deletedEntities', 'id', [...gone]);
    if (records.length > 0) yield { ...batchOf(stream, reading), records };
  }
}

function batchOf(stream: string, { after }: Reading): RecordBatch {
  const mode = after === null ? 'full' : 'delta';
  return { stream, mode, records: [], faults: [], last: false, checkpoint: null };
}
