import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../../connector/connector.ts';
import type { SnapshotSink, SnapshotWriter } from '../../connector/sink.ts';
import type { Files } from '../../files/files.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { Layout } from '../layout/layout.ts';
import type { WriteRules } from '../layout/write-rules.ts';
import { kept } from './history.ts';
import { openOutboxSet, SENT, type Writing } from './outbox-set.ts';
import { writtenStreams } from './writable.ts';

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

  async begin(signal: AbortSignal, memory: Json = null): Promise<SnapshotWriter> {
    const { scratch, today, now } = this.#context;
    await rm(join(scratch, 'set'), { recursive: true, force: true });
    const { marker } = this.#layout;
    const streams = writtenStreams(this.#layout);
    const about = { files: this.#files, rules: this.#rules, scratch, streams, marker };
    const writing = { ...about, day: today(), now, signal };
    const { outbox } = this.#rules;
    return outbox === undefined ? openOutboxSet(writing, '', memory) : openWriter(writing, outbox);
  }

  async close(): Promise<void> {
    await this.#files.close();
  }
}

/** Writes a set for each outbox that there is, whether it gets a record or not. */
async function openWriter(writing: Writing, outbox: string): Promise<SnapshotWriter> {
  const { files, scratch, signal } = writing;
  const sets = new Map<string, SnapshotWriter>();
  const setOf = async (name: string): Promise<SnapshotWriter> => {
    const set = sets.get(name) ?? (await openOutboxSet(writing, name, null));
    sets.set(name, set);
    return set;
  };
  for (const name of await knownOutboxes(files)) await setOf(name);
  return {
    async write(objectKind, objects) {
      const nameOf = (object: JsonObject) => String(object[outbox] ?? '');
      for (const [name, some] of Map.groupBy(objects, nameOf)) {
        await (await setOf(name)).write(objectKind, some);
      }
    },
    async commit() {
      signal.throwIfAborted();
      const names = JSON.stringify([...sets.keys()].sort());
      await files.put(OUTBOXES, [Buffer.from(`${names}\n`)]);
      for (const set of sets.values()) await set.commit();
    },
    async abort() {
      for (const set of sets.values()) await set.abort();
      await rm(join(scratch, 'set'), { recursive: true, force: true });
    },
  };
}

async function knownOutboxes(files: Files): Promise<readonly string[]> {
  if (!(await files.exists(OUTBOXES))) return [];
  let text = '';
  for await (const chunk of files.read(OUTBOXES)) text += Buffer.from(chunk).toString('utf8');
  return kept(text, OUTBOXES, 'length');
}
