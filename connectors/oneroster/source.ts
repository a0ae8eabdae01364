import {
  type ConnectorContext,
  InvalidFailure,
  type Json,
  type JsonObject,
  type RecordBatch,
  type RecordFault,
  type ServiceOptions,
  type Source,
  type SourceRecord,
  TransientFailure,
} from '../../core/plugin.ts';
import { Sessions, withLastDay, withoutNulls } from './sessions.ts';

/** Options of the manifest. */
export interface Options extends ServiceOptions {
  readonly pageSize: number;
}

type Shape = (value: JsonObject, sessions: Sessions) => JsonObject;

/** The list of each stream, what is referred to before what refers. */
const LISTS: readonly (readonly [string, string, Shape])[] = [
  ['org', 'orgs', (value) => value],
  ['user', 'users', (value, sessions) => sessions.ofUser(value)],
  ['class', 'classes', (value, sessions) => sessions.ofClass(value)],
  ['enrollment', 'enrollments', (value) => withLastDay(value)],
];

/** Reads what a provider holds: all that is active, each time. */
export class OneRosterSource implements Source {
  readonly #context: ConnectorContext<Options>;

  constructor(context: ConnectorContext<Options>) {
    this.#context = context;
  }

  async *read(_since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    signal.throwIfAborted();
    const sessions = new Sessions(this.#context.now());
    for await (const page of this.#pages('academicSessions', signal))
      page.forEach(sessions.add, sessions);
    for (const [stream, list, shape] of LISTS) {
      let count = 0;
      for await (const page of this.#pages(list, signal)) {
        signal.throwIfAborted();
        const values = page.map((value) => shape(withoutNulls(value), sessions));
        yield { ...batchOf(stream), ...recordsOf(values, list, count) };
        count += page.length;
      }
      yield { ...batchOf(stream), last: true };
    }
  }

  async close(): Promise<void> {}

  /**
   * The objects of a list. Pages begin at a number, and a provider may give fewer objects than it
   * is asked for: the next page begins after what has come. In a fixed order nothing moves then.
   */
  async *#pages(list: string, signal: AbortSignal): AsyncGenerator<readonly JsonObject[]> {
    const { http, options } = this.#context;
    const query = { limit: String(options.pageSize), sort: 'sourcedId', orderBy: 'asc' };
    const path = `/${list}?${new URLSearchParams({ ...query, filter: "status='active'" })}`;
    const seen = new Set<Json>();
    for await (const page of http.pages(path, { style: 'index', items: list }, { signal })) {
      checkNew(page, seen, list);
      yield page;
    }
  }
}

function batchOf(stream: string): RecordBatch {
  return { stream, mode: 'full', records: [], faults: [], last: false, checkpoint: null };
}

function recordsOf(
  values: readonly JsonObject[],
  file: string,
  before: number,
): Pick<RecordBatch, 'records' | 'faults'> {
  const records: SourceRecord[] = [];
  const faults: RecordFault[] = [];
  for (const [at, value] of values.entries()) {
    const line = before + at + 1;
    const isKnown = typeof value['sourcedId'] === 'string';
    if (isKnown) records.push({ operation: 'upsert', value, file, line });
    else faults.push({ failure: withoutId(file, line) });
  }
  return { records, faults };
}

function withoutId(file: string, line: number): InvalidFailure {
  const place = { file, line, field: 'sourcedId' };
  return new InvalidFailure('RECORD_INVALID', `${file}: number ${line} has no sourcedId`, {
    place,
  });
}

/** Where one comes twice, the pages have shifted while they were read, and another was missed. */
function checkNew(page: readonly JsonObject[], seen: Set<Json>, list: string): void {
  for (const { sourcedId } of page) {
    if (sourcedId === undefined) continue;
    if (seen.has(sourcedId)) {
      const text = `${list}: an object came on two pages. The list changed while it was read.`;
      const hint = 'Nothing was concluded from it: read it again.';
      throw new TransientFailure('TARGET_ANSWER_UNREADABLE', text, { hint });
    }
    seen.add(sourcedId);
  }
}
