import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../message/message.ts';
import type { Files } from '../../transport/files/files.ts';
import { fileNameOf } from '../layout/file-date.ts';
import { Differences } from './differences.ts';
import { Draft, type DraftFile } from './draft.ts';
import { History, type SentFile } from './history.ts';
import type { WrittenLayout } from './row-form.ts';
import { type Change, setsKept, type WriteRules } from './write-rules.ts';

/** What is written, and where. */
export interface Writing {
  readonly files: Files;
  /** Where sets are written before they are put in place. */
  readonly scratch: string;
  readonly streams: ReadonlyMap<string, WrittenLayout>;
  readonly rules: WriteRules;
  /** Pattern of the file that comes last and counts the rows of the others. */
  readonly marker: string | undefined;
  /** The day (`YYYY-MM-DD`) on which the set is written. */
  readonly day: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Where it is kept what was sent. */
export const SENT = 'sent';

/** The set of one outbox, as it is written. */
export interface OutboxSet {
  add(stream: string, objects: readonly JsonObject[]): Promise<void>;
  /** Puts it in place, marker last. */
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** Begins the set of an outbox; `''` stands for the binding's own folder. */
export async function openOutboxSet(writing: Writing, outbox: string): Promise<OutboxSet> {
  const folder = join(writing.scratch, 'set', outbox);
  if (writing.rules.way === 'full') {
    return new WholeSet(writing, outbox, await openDraft(writing, folder));
  }
  const kept = outbox === '' ? SENT : `${SENT}/${outbox}`;
  const history = await History.open(writing.files, kept, outbox);
  const before = await history.picture();
  const differences = new Differences(writing.streams, before, history.periods);
  return new ChangeSet(writing, history, differences, await openDraft(writing, folder));
}

function openDraft({ streams, rules, now }: Writing, folder: string): Promise<Draft> {
  return Draft.open(folder, streams, rules, now());
}

/** All that there is, in place of what was there. */
class WholeSet implements OutboxSet {
  readonly #writing: Writing;
  readonly #outbox: string;
  readonly #draft: Draft;

  constructor(writing: Writing, outbox: string, draft: Draft) {
    this.#writing = writing;
    this.#outbox = outbox === '' ? '' : `${outbox}/`;
    this.#draft = draft;
  }

  add(stream: string, objects: readonly JsonObject[]): Promise<void> {
    return this.#draft.add(stream, objects);
  }

  async commit(): Promise<void> {
    const { files, marker, day, signal } = this.#writing;
    const sent = sentFiles(await this.#draft.end(), this.#writing, 0);
    // Until the new marker stands, nobody takes a mixture of two sets for a whole one.
    if (marker !== undefined) await files.remove(this.#outbox + fileNameOf(marker, day, 0));
    for (const { name, bytes } of sent) {
      signal.throwIfAborted();
      await files.put(this.#outbox + name, bytes());
    }
    await this.#draft.discard();
  }

  abort(): Promise<void> {
    return this.#draft.discard();
  }
}

/** What has become otherwise since the last set; none is sent where nothing has. */
class ChangeSet implements OutboxSet {
  readonly #writing: Writing;
  readonly #history: History;
  readonly #differences: Differences;
  readonly #draft: Draft;

  constructor(writing: Writing, history: History, differences: Differences, draft: Draft) {
    this.#writing = writing;
    this.#history = history;
    this.#differences = differences;
    this.#draft = draft;
  }

  async add(stream: string, objects: readonly JsonObject[]): Promise<void> {
    const records = objects.flatMap((object) => {
      const change = this.#differences.judge(stream, object);
      return change === null ? [] : [this.#told(stream, object, change)];
    });
    await this.#draft.add(stream, records);
  }

  async commit(): Promise<void> {
    for (const { stream, record } of this.#differences.gone()) {
      await this.#draft.add(stream, [this.#told(stream, record, 'gone')]);
    }
    const isDue = this.#writing.rules.way === 'changes' || this.#differences.hasFreshPeriod;
    const drafted = await this.#draft.end();
    if (isDue && this.#draft.rows > 0) {
      const sent = sentFiles(drafted, this.#writing, this.#history.nextNumber);
      await this.#history.send(sent, this.#differences.picture(), this.#differences.periods);
      await this.#history.forgetBefore(setsKept(this.#writing.rules));
    }
    await this.#draft.discard();
  }

  abort(): Promise<void> {
    return this.#draft.discard();
  }

  #told(stream: string, record: JsonObject, change: Change): JsonObject {
    const operations = this.#writing.streams.get(stream)?.write?.operations;
    if (operations === undefined) return record;
    return { ...record, [operations.column]: operations[change] ?? operations.new };
  }
}

/** The files of a set by their names, and its marker last. */
function sentFiles(
  drafted: readonly DraftFile[],
  { day, marker, rules, now }: Writing,
  number: number,
): readonly SentFile[] {
  const nameOf = (pattern: string) => fileNameOf(pattern, day, number);
  const files = drafted.map(({ pattern, path }): SentFile => {
    return { name: nameOf(pattern), bytes: () => createReadStream(path) };
  });
  if (marker === undefined) return files;
  const rows = Object.fromEntries(drafted.map((one) => [nameOf(one.pattern), one.rows]));
  const about = () => {
    if (rules.stamp === 'time') return { completedAt: new Date(now()).toISOString(), rows };
    return number === 0 ? { day, rows } : { day, number, rows };
  };
  const bytes = () => [Buffer.from(`${JSON.stringify(about())}\n`)];
  return [...files, { name: nameOf(marker), bytes }];
}
