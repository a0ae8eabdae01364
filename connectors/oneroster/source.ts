import {
  type ConnectorContext,
  type Json,
  type JsonObject,
  ListedRecords,
  type RecordBatch,
  type ServiceOptions,
  type Source,
} from '../../core/plugin.ts';
import { Sessions, withLastDay, withoutNulls } from './sessions.ts';

/** Options of the manifest. */
export interface Options extends ServiceOptions {
  readonly lists: readonly string[];
  readonly pageSize: number;
}

type Shape = (value: JsonObject, sessions: Sessions) => JsonObject;

/** The list of each stream, what is referred to before what refers. */
const LISTS: readonly (readonly [string, string, Shape])[] = [
  ['org', 'orgs', (value) => value],
  ['user', 'users', (value, sessions) => sessions.ofUser(value)],
  ['class', 'classes', (value, sessions) => sessions.ofClass(value)],
  ['enrollment', 'enrollments', (value) => withLastDay(value)],
  ['line-item', 'lineItems', withoutWords],
  ['result', 'results', withoutWords],
];

/** What teachers write of an assignment or a pupil stays there: it is not even set aside. */
const WORDS = new Set(['comment', 'description', 'metadata']);

function withoutWords(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !WORDS.has(name)));
}

/** Lists of which something has its days from the sessions. */
const WITH_SESSIONS: ReadonlySet<string> = new Set(['users', 'classes']);

/** What of a filter that was not obeyed is gone all the same, by OneRoster 1.2 and by 1.1. */
const GONE: ReadonlySet<string> = new Set(['tobedeleted', 'inactive']);

/** Reads what a provider holds: all that is active, each time. */
export class OneRosterSource implements Source {
  readonly #context: ConnectorContext<Options>;

  constructor(context: ConnectorContext<Options>) {
    this.#context = context;
  }

  async *read(_since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    signal.throwIfAborted();
    const { now, options } = this.#context;
    const sessions = new Sessions(now());
    if (options.lists.some((list) => WITH_SESSIONS.has(list))) {
      for await (const page of this.#pages(listedAs('academicSessions'), signal))
        page.forEach(sessions.add, sessions);
    }
    for (const [stream, list, shape] of LISTS.filter(([, one]) => options.lists.includes(one))) {
      const listed = listedAs(list);
      for await (const page of this.#pages(listed, signal)) {
        signal.throwIfAborted();
        const values = page.map((value) => shape(withoutNulls(value), sessions));
        yield { ...batchOf(stream), ...listed.recordsOf(values) };
      }
      yield { ...batchOf(stream), last: true };
    }
  }

  async close(): Promise<void> {}

  /**
   * The objects of a list. Pages begin at a number, and a provider may give fewer than asked: the
   * next one begins after what has come. In a fixed order nothing moves while they are read.
   */
  async *#pages(listed: ListedRecords, signal: AbortSignal): AsyncGenerator<readonly JsonObject[]> {
    const { http, options } = this.#context;
    const { list } = listed;
    const query = { limit: String(options.pageSize), sort: 'sourcedId', orderBy: 'asc' };
    const path = `/${list}?${new URLSearchParams({ ...query, filter: "status='active'" })}`;
    for await (const page of http.pages(path, { style: 'index', items: list }, { signal })) {
      listed.checkNew(page);
      yield page.filter(({ status }) => !GONE.has(String(status).toLowerCase()));
    }
  }
}

function listedAs(list: string): ListedRecords {
  return new ListedRecords(list, 'sourcedId');
}

function batchOf(stream: string): RecordBatch {
  return { stream, mode: 'full', records: [], faults: [], last: false, checkpoint: null };
}
