import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context, SnapshotSink, SnapshotWriter } from '../../connector/connector.ts';
import type { JsonObject } from '../../message/message.ts';
import type { Files } from '../../transport/files/files.ts';
import type { Layout } from '../layout/layout.ts';
import { kept } from './history.ts';
import { type OutboxSet, openOutboxSet, SENT, type Writing } from './outbox-set.ts';
import { writtenStreams } from './writable.ts';
import type { WriteRules } from './write-rules.ts';

/** The outboxes that ever had a set: one that has nothing any more is told so. */
const OUTBOXES = `${SENT}/outboxes.json`;

/** Delivers the sets that a layout declares to be written. */
export class LayoutSink implements SnapshotSink {
  readonly mode = 'full';
  readonly #files: Files;
  readonly #layout: Layout;
  readonly #rules: WriteRules;
  readonly #context: Pick<Context, 'scratch' | 'today' | 'now'>;

  constructor(
    files: Files,
    layout: Layout,
    rules: WriteRules,
    context: Pick<Context, 'scratch' | 'today' | 'now'>,
  ) {
    this.#files = files;
    this.#layout = layout;
    this.#rules = rules;
    this.#context = context;
  }

  async begin(signal: AbortSignal): Promise<SnapshotWriter> {
    const { scratch, today, now } = this.#context;
    await rm(join(scratch, 'set'), { recursive: true, force: true });
    const { marker } = this.#layout;
    const streams = writtenStreams(this.#layout);
    const about = { files: this.#files, rules: this.#rules, scratch, streams, marker };
    const writer = new LayoutWriter({ ...about, day: today(), now, signal });
    await writer.openKnown();
    return writer;
  }

  async close(): Promise<void> {
    await this.#files.close();
  }
}

/** Writes one set, or one for each outbox. */
class LayoutWriter implements SnapshotWriter {
  readonly #writing: Writing;
  readonly #sets = new Map<string, OutboxSet>();

  constructor(writing: Writing) {
    this.#writing = writing;
  }

  /** Opens the sets of all outboxes that there are, whether they get a record or not. */
  async openKnown(): Promise<void> {
    const isOne = this.#writing.rules.outbox === undefined;
    for (const outbox of isOne ? [''] : await this.#known()) await this.#setOf(outbox);
  }

  async write(objectKind: string, objects: readonly JsonObject[]): Promise<void> {
    const { outbox } = this.#writing.rules;
    const nameOf = (object: JsonObject) =>
      outbox === undefined ? '' : String(object[outbox] ?? '');
    for (const [name, some] of Map.groupBy(objects, nameOf)) {
      await (await this.#setOf(name)).add(objectKind, some);
    }
  }

  async commit(): Promise<void> {
    this.#writing.signal.throwIfAborted();
    if (this.#writing.rules.outbox !== undefined) await this.#note();
    for (const set of this.#sets.values()) {
      this.#writing.signal.throwIfAborted();
      await set.commit();
    }
  }

  async abort(): Promise<void> {
    for (const set of this.#sets.values()) await set.abort();
    await rm(join(this.#writing.scratch, 'set'), { recursive: true, force: true });
  }

  async #setOf(outbox: string): Promise<OutboxSet> {
    const known = this.#sets.get(outbox);
    if (known !== undefined) return known;
    const set = await openOutboxSet(this.#writing, outbox);
    this.#sets.set(outbox, set);
    return set;
  }

  async #known(): Promise<readonly string[]> {
    const { files } = this.#writing;
    if (!(await files.exists(OUTBOXES))) return [];
    let text = '';
    for await (const chunk of files.read(OUTBOXES)) text += Buffer.from(chunk).toString('utf8');
    return kept(text, OUTBOXES, 'length');
  }

  async #note(): Promise<void> {
    const names = JSON.stringify([...this.#sets.keys()].sort());
    await this.#writing.files.put(OUTBOXES, [Buffer.from(`${names}\n`)]);
  }
}
