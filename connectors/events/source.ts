import {
  type Inbox,
  isObject,
  type Json,
  type KeptEvent,
  type RecordBatch,
  RefusedFailure,
  type Source,
} from '../../core/plugin.ts';
import type { Content } from './event.ts';

/** Reads what has come since the last read; what was overtaken meanwhile is not there any more. */
export class InboxSource implements Source {
  readonly #streams: readonly string[];
  readonly #inbox: Inbox;
  #readTo = 0;

  constructor(streams: readonly string[], inbox: Inbox) {
    this.#streams = streams;
    this.#inbox = inbox;
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
    for (const stream of this.#streams) {
      const isLast = stream === this.#streams.at(-1);
      const checkpoint = isLast ? { number: this.#readTo } : null;
      yield { ...emptyBatch(stream), last: true, checkpoint };
    }
  }

  async fingerprint(since: Json): Promise<string | null> {
    const newest = await this.#inbox.newest();
    return newest > numberOf(since) ? String(newest) : null;
  }

  async accepted(): Promise<void> {
    await this.#inbox.empty(this.#readTo);
  }

  async close(): Promise<void> {}

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
