import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { SnapshotWriter } from '../../connector/sink.ts';
import type { Files } from '../../files/files.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import { fileNameOf } from '../layout/file-date.ts';
import { type Change, setsKept, type WriteRules } from '../layout/write-rules.ts';
import { Differences } from './differences.ts';
import { Draft, type DraftFile } from './draft.ts';
import { FormerFiles, memoryOf } from './former-set.ts';
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

/**
 * Begins the set of an outbox; `''` stands for the binding's own folder. `memory` is of the set that
 * is in place there, null where nothing is known of it.
 */
export async function openOutboxSet(
  writing: Writing,
  outbox: string,
  memory: Json,
): Promise<SnapshotWriter> {
  const { files, scratch, streams, rules, now } = writing;
  const open = () => Draft.open(join(scratch, 'set', outbox), streams, rules, now());
  if (rules.way === 'full') {
    const isKnown = memory !== null && files.isNear === true;
    const copies = join(scratch, 'former');
    const former = isKnown ? await FormerFiles.open(files, copies, memory, streams, rules) : null;
    return wholeSet(writing, outbox, await open(), former);
  }
  const kept = outbox === '' ? SENT : `${SENT}/${outbox}`;
  const history = await History.open(files, kept, outbox);
  const before = await history.picture();
  const differences = new Differences(streams, before, history.periods);
  return changeSet(writing, history, differences, await open());
}

/** All that there is, in place of what was there; what has not changed of that is taken over. */
function wholeSet(
  writing: Writing,
  outbox: string,
  draft: Draft,
  former: FormerFiles | null,
): SnapshotWriter {
  const { files, marker, day, signal, streams, rules } = writing;
  const folder = outbox === '' ? '' : `${outbox}/`;
  let drafted: readonly DraftFile[] = [];
  const discard = async () => {
    await former?.close();
    await draft.discard();
  };
  return {
    write: (stream, objects) => draft.add(stream, objects),
    former: former && {
      holds: (stream, calls) => former.holds(stream, calls),
      keep: (stream, from, to) => draft.keep(stream, former, from, to),
    },
    memory() {
      if (files.isNear !== true || outbox !== '') return null;
      const known = drafted.map((one) => ({ ...one, name: fileNameOf(one.pattern, day, 0) }));
      return memoryOf(known, streams, rules);
    },
    abort: discard,
    async commit() {
      signal.throwIfAborted();
      drafted = await draft.end();
      const sent = sentFiles(drafted, writing, 0);
      // Until the new marker stands, nobody takes a mixture of two sets for a whole one.
      if (marker !== undefined) await files.remove(folder + fileNameOf(marker, day, 0));
      for (const { name, bytes } of sent) {
        signal.throwIfAborted();
        await files.put(folder + name, bytes());
      }
      await discard();
    },
  };
}

/** What has become otherwise since the last set; none is sent where nothing has. */
function changeSet(
  writing: Writing,
  history: History,
  differences: Differences,
  draft: Draft,
): SnapshotWriter {
  const { streams, rules } = writing;
  const told = (stream: string, record: JsonObject, change: Change): JsonObject => {
    const operations = streams.get(stream)?.write?.operations;
    if (operations === undefined) return record;
    return { ...record, [operations.column]: operations[change] ?? operations.new };
  };
  return {
    async write(stream, objects) {
      const records = objects.flatMap((object) => {
        const change = differences.judge(stream, object);
        return change === null ? [] : [told(stream, object, change)];
      });
      await draft.add(stream, records);
    },
    abort: () => draft.discard(),
    async commit() {
      writing.signal.throwIfAborted();
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
