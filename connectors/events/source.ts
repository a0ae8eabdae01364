import {
  type Context,
  deletedRecords,
  type Inbox,
  isObject,
  type Json,
  type KeptEvent,
  type RecordBatch,
  RefusedFailure,
  type Source,
} from '../../core/plugin.ts';
import type { Content } from './event.ts';
import type { Options } from './options.ts';

const DAY_MS = 86_400_000;

/** What it needs of its context. */
export interface InboxContext extends Pick<Context, 'inbox' | 'now' | 'today'> {
  readonly options: Pick<Options, 'key' | 'keepDays'>;
}

/** Reads what has come since the last read; what was overtaken meanwhile is not there any more. */
export class InboxSource implements Source {
  readonly #streams: readonly string[];
  readonly #inbox: Inbox;
  readonly #context: InboxContext;
  #readTo = 0;
  /** What was heard of last before this instant is gone; null: nobody has looked for that. */
  #goneBefore: number | null = null;

  constructor(streams: readonly string[], context: InboxContext) {
    this.#streams = streams;
    this.#inbox = context.inbox;
    this.#context = context;
  }

  async *read(since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    signal.throwIfAborted();
    // What is overtaken is not given: the checkpoint is to lie behind that too.
    this.#readTo = Math.max(numberOf(since), await this.#inbox.newest());
    for await (const events of this.#inbox.after(numberOf(since))) {
      signal.throwIfAborted();
      this.#readTo = Math.max(this.#readTo, events.at(-1)?.number ?? 0);
      yield* this.#batchesOf(events);
    }
    yield* this.#silent(since, signal);
    const day = this.#context.today();
    for (const stream of this.#streams) {
      const isLast = stream === this.#streams.at(-1);
      const checkpoint = isLast ? { number: this.#readTo, day } : null;
      yield { ...emptyBatch(stream), last: true, checkpoint };
    }
  }

  async fingerprint(since: Json): Promise<string | null> {
    const newest = await this.#inbox.newest();
    return newest > numberOf(since) ? String(newest) : null;
  }

  async accepted(): Promise<void> {
    await this.#inbox.empty(this.#readTo);
    if (this.#goneBefore !== null) await this.#inbox.forget(this.#goneBefore);
  }

  async close(): Promise<void> {}

  /** Once a day: all keys are looked at. */
  async *#silent(since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    const { options, now, today } = this.#context;
    const { keepDays, key: column } = options;
    if (keepDays === undefined || (isObject(since) && since['day'] === today())) return;
    this.#goneBefore = now() - keepDays * DAY_MS;
    for await (const keys of this.#inbox.silent(this.#goneBefore)) {
      signal.throwIfAborted();
      for (const stream of this.#streams) {
        const own = keys.filter((key) => key.startsWith(`${stream} `));
        const ids = own.map((key) => key.slice(stream.length + 1));
        const records = deletedRecords('keepDays', column, ids);
        if (records.length > 0) yield { ...emptyBatch(stream), records };
      }
    }
  }

  /** A layout may have lost a stream meanwhile: what was kept of it is nobody's any more. */
  *#batchesOf(events: readonly KeptEvent[]): Generator<RecordBatch> {
    for (const stream of this.#streams) {
      const own = events.filter(({ content }) => content['stream'] === stream);
      const said = own.map((event) => ({ event, content: contentOf(event) }));
      const records = said.flatMap(({ event: { delivery: file, place }, content }) =>
        'value' in content
          ? [{ operation: content.operation, value: content.value, file, line: place + 1 }]
          : [],
      );
      const faults = said.flatMap(({ event: { delivery: file, place }, content }) => {
        if ('value' in content) return [];
        const where = { file, line: place + 1, field: content.field };
        const text = `${file}: ${content.fault}`;
        return [{ failure: new RefusedFailure('RECORD_INVALID', text, { place: where }) }];
      });
      if (own.length > 0) yield { ...emptyBatch(stream), records, faults };
    }
  }
}

function emptyBatch(stream: string): RecordBatch {
  return { stream, mode: 'delta', records: [], faults: [], last: false, checkpoint: null };
}

function contentOf({ content }: KeptEvent): Content {
  // SAFETY: the receiver of this connector has written it.
  return content as unknown as Content;
}

function numberOf(since: Json): number {
  return isObject(since) ? Number(since['number'] ?? 0) : 0;
}
