import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Files } from '../../files/files.ts';
import type { JsonObject } from '../../message/message.ts';
import { fileNameOf } from '../layout/file-date.ts';
import { type Change, setsKept, type WriteRules } from '../layout/write-rules.ts';
import { Differences } from './differences.ts';
import { Draft, type DraftFile } from './draft.ts';
import { History, type SentFile } from './history.ts';
import type { WrittenLayout } from './row-form.ts';

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
  const { files, scratch, streams, rules, now } = writing;
  const open = () => Draft.open(join(scratch, 'set', outbox), streams, rules, now());
  if (rules.way === 'full') return wholeSet(writing, outbox, await open());
  const kept = outbox === '' ? SENT : `${SENT}/${outbox}`;
  const history = await History.open(files, kept, outbox);
  const before = await history.picture();
  const differences = new Differences(streams, before, history.periods);
  return changeSet(writing, history, differences, await open());
}

/** All that there is, in place of what was there. */
function wholeSet(writing: Writing, outbox: string, draft: Draft): OutboxSet {
  const { files, marker, day, signal } = writing;
  const folder = outbox === '' ? '' : `${outbox}/`;
  return {
    add: (stream, objects) => draft.add(stream, objects),
    abort: () => draft.discard(),
    async commit() {
      const sent = sentFiles(await draft.end(), writing, 0);
      // Until the new marker stands, nobody takes a mixture of two sets for a whole one.
      if (marker !== undefined) await files.remove(folder + fileNameOf(marker, day, 0));
      for (const { name, bytes } of sent) {
        signal.throwIfAborted();
        await files.put(folder + name, bytes());
      }
      await draft.discard();
    },
  };
}

/** What has become otherwise since the last set; none is sent where nothing has. */
function changeSet(
  writing: Writing,
  history: History,
  differences: Differences,
  draft: Draft,
): OutboxSet {
  const { streams, rules } = writing;
  const told = (stream: string, record: JsonObject, change: Change): JsonObject => {
    const operations = streams.get(stream)?.write?.operations;
    if (operations === undefined) return record;
    return { ...record, [operations.column]: operations[change] ?? operations.new };
  };
  return {
    async add(stream, objects) {
      const records = objects.flatMap((object) => {
        const change = differences.judge(stream, object);
        return change === null ? [] : [told(stream, object, change)];
      });
      await draft.add(stream, records);
    },
    abort: () => draft.discard(),
    async commit() {
      for (const { stream, record } of differences.gone()) {
        await draft.add(stream, [told(stream, record, 'gone')]);
      }
      const isDue = rules.way === 'changes' || differences.hasFreshPeriod;
      const drafted = await draft.end();
      if (isDue && draft.rows > 0) {
        const sent = sentFiles(drafted, writing, history.nextNumber);
        await history.send(sent, differences.picture(), differences.periods);
        await history.forgetBefore(setsKept(rules));
      }
      await draft.discard();
    },
  };
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
