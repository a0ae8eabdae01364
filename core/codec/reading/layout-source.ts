import { hash } from 'node:crypto';
import type { Context, KnownBlocks, RecordBatch, Source } from '../../connector/connector.ts';
import { InvalidFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Files } from '../../files/files.ts';
import {
  checkStill,
  LineEnd,
  type Print,
  Printing,
  waitUntilStill,
} from '../../files/whole-file.ts';
import type { Json, Problem } from '../../message/message.ts';
import type { HowFar } from '../forms/read-form.ts';
import type { Layout, StreamLayout } from '../layout/layout.ts';
import { unpacked } from '../packed/unpacked.ts';
import { type ChosenFile, chooseFiles, freshFiles, turnOf, waitingFiles } from './chosen-files.ts';
import { readLayoutStreams } from './layout-reading.ts';
import { linesOf, markedIn } from './marked-blocks.ts';
import { checkpointOf, type ReadFile, type ReadingState, stateOf } from './reading-state.ts';
import { leftAlone, leftBehind, numbersMissing, unreadFiles } from './unread-files.ts';
import { UsualColumns } from './usual-columns.ts';
import { type Lying, latestDay, whatLiesThere } from './what-lies-there.ts';

/** Reads the files that a layout declares, one stream each, in the layout's order. */
export class LayoutSource implements Source {
  readonly #files: Files;
  readonly #layout: Layout;
  readonly #layoutDigest: string;
  readonly #clock: Pick<Context, 'now' | 'sleep'>;
  /** Files of a read that came to its end. */
  #given: ReadonlySet<string> = new Set();

  constructor(files: Files, layout: Layout, clock: Pick<Context, 'now' | 'sleep'>) {
    this.#files = files;
    this.#layout = layout;
    this.#layoutDigest = hash('sha256', JSON.stringify(layout), 'base64url');
    this.#clock = clock;
  }

  async *read(since: Json, signal: AbortSignal, known?: KnownBlocks): AsyncGenerator<RecordBatch> {
    signal.throwIfAborted();
    const before = this.#state(since);
    const lying = await this.#look();
    const { files: chosen, more } = chooseFiles(this.#layout, lying, before);
    const unvouched = chosen.filter(({ layout }) => !this.#isVouchedFor(layout));
    const growing = unvouched.map(({ file }) => file);
    await waitUntilStill(this.#files, growing, this.#clock, signal);
    const streams = new Map(before.streams);
    const last = byFile(chosen).at(-1)?.at(-1);
    for (const group of byFile(chosen)) {
      const columns = new UsualColumns();
      const lines = await linesOf(group, known, columns, this.#layoutDigest);
      const print = yield* this.#readFile(group, before, signal, { columns, known: lines });
      for (const one of group) {
        const { date, file, stream, layout } = one;
        const { name, modifiedAt } = file;
        const { mode = 'full' } = layout;
        const known = streams.get(stream);
        const seen = columnsSeen(one, columns, known);
        streams.set(stream, { date, name, modifiedAt, ...print, ...seen });
        const remarks = driftSince(one, columns, known);
        const end = { stream, mode, records: [], faults: [], remarks, last: true };
        if (one !== last) {
          yield { ...end, checkpoint: null };
          continue;
        }
        await checkStill(this.#files, growing);
        const behind = leftBehind(this.#layout, lying, before, { streams });
        const gaps = gapsOf(chosen, before);
        const after = { streams, behind, gaps, goesOn: more, layout: this.#layoutDigest };
        const checkpoint = checkpointOf(after);
        yield { ...end, checkpoint, more };
      }
    }
    this.#given = new Set(chosen.map(({ file }) => file.name));
  }

  async isUnchanged(since: Json, signal: AbortSignal): Promise<boolean> {
    const before = this.#state(since);
    if (before.layout !== this.#layoutDigest || before.goesOn) return false;
    const { files: chosen } = chooseFiles(this.#layout, await this.#look(), before);
    const known = chosen.map(({ stream }) => before.streams.get(stream));
    const isSame = chosen.every(({ layout, file }, index) => {
      const { name, bytes } = known[index] ?? {};
      return layout.mode !== 'delta' && name === file.name && bytes === file.bytes;
    });
    if (!isSame) return false;
    const growing = chosen.map(({ file }) => file);
    await waitUntilStill(this.#files, growing, this.#clock, signal);
    for (const [index, { file }] of chosen.entries()) {
      if ((await this.#hashOf(file.name, signal)) !== known[index]?.hash) return false;
    }
    await checkStill(this.#files, growing);
    return chosen.length > 0;
  }

  async fingerprint(since: Json): Promise<string | null> {
    const fresh = freshFiles(this.#layout, await this.#look(), this.#state(since));
    const marks = fresh.map(({ file }) => `${file.name} ${file.bytes} ${file.modifiedAt}`);
    return marks.length === 0 ? null : marks.join('\n');
  }

  async unread(since: Json): Promise<readonly Problem[]> {
    const lying = await this.#look();
    return unreadFiles(this.#layout, lying, this.#state(since), this.#clock.now());
  }

  async *waiting(since: Json, signal: AbortSignal) {
    const before = this.#state(since);
    const lying = await this.#look();
    const waiting = [
      ...waitingFiles(this.#layout, lying, before),
      ...leftAlone(this.#layout, lying, before),
    ];
    for (const group of byFile(waiting)) {
      if (!group.some(({ file }) => this.#given.has(file.name))) {
        yield this.#readWaiting(group, before, signal);
      }
    }
  }

  async close(): Promise<void> {
    await this.#files.close();
  }

  async #hashOf(name: string, signal: AbortSignal): Promise<string> {
    const printing = new Printing();
    for await (const _ of printing.through(this.#files.read(name))) signal.throwIfAborted();
    return printing.print().hash;
  }

  async #look(): Promise<Lying> {
    return whatLiesThere(this.#layout, await this.#files.list(''), this.#clock.now());
  }

  #state(since: Json): ReadingState {
    return stateOf(since, latestDay(this.#clock.now()));
  }

  /** A marker or a trailer says that the file is whole. */
  #isVouchedFor({ trailer }: ChosenFile['layout']): boolean {
    return this.#layout.marker !== undefined || trailer !== undefined;
  }

  async *#readWaiting(
    group: readonly ChosenFile[],
    before: ReadingState,
    signal: AbortSignal,
  ): AsyncGenerator<RecordBatch> {
    const unvouched = group.filter(({ layout }) => !this.#isVouchedFor(layout));
    const growing = unvouched.map(({ file }) => file);
    await waitUntilStill(this.#files, growing, this.#clock, signal);
    yield* this.#readFile(group, before, signal, { goesOn: true });
    await checkStill(this.#files, growing);
  }

  async *#readFile(
    group: readonly ChosenFile[],
    before: ReadingState,
    signal: AbortSignal,
    { columns = new UsualColumns(), ...how }: HowFar & { readonly columns?: UsualColumns },
  ): AsyncGenerator<RecordBatch, Print> {
    const layouts = new Map(group.map(({ stream, layout }) => [stream, layout]));
    const name = group[0]?.file.name ?? '';
    const printing = new Printing();
    signal.throwIfAborted();
    const end = new LineEnd();
    const text = end.through(unpacked(printing.through(this.#files.read(name)), name));
    for await (const batch of readLayoutStreams(text, layouts, name, how)) {
      signal.throwIfAborted();
      const mode = layouts.get(batch.stream)?.mode ?? 'full';
      columns.note(batch.stream, batch.records);
      const blocks = markedIn(batch, columns);
      yield { ...batch, blocks, mode, last: false, checkpoint: null };
    }
    const print = { ...printing.print(), isEnded: end.isThere };
    const isAsked = group.some(({ stream, layout }) => {
      if (['xml', 'json', 'xlsx'].includes(layout.format)) return false;
      const wasEnded = before.streams.get(stream)?.isEnded === true;
      return wasEnded && layout.end !== 'open' && !this.#isVouchedFor(layout);
    });
    if (isAsked && !print.isEnded) throw cutOff(name);
    return print;
  }
}

/** What is noted of a file's columns: changes have few records, and add to what is known. */
function columnsSeen(
  { stream, layout }: ChosenFile,
  columns: UsualColumns,
  before: ReadFile | undefined,
): Pick<ReadFile, 'usual' | 'varied' | 'filled'> {
  const isWhole = (layout.mode ?? 'full') === 'full';
  const usual = isWhole ? columns.of(stream) : [];
  const varied = isWhole ? columns.varied(stream, before?.varied ?? []) : [];
  if (!hasHeader(layout)) return { usual, varied };
  const known = isWhole ? [] : (before?.filled ?? []);
  return { usual, varied, filled: [...new Set([...known, ...columns.filled(stream)])] };
}

/** Columns that have gone since the file before: usual ones and others; or that are all alike. */
function driftSince(
  { stream, layout, file: { name } }: ChosenFile,
  columns: UsualColumns,
  before: Partial<ReadFile> = {},
): readonly Problem[] {
  const { usual = [], filled = [] } = before;
  const seldom = hasHeader(layout) ? filled.filter((column) => !usual.includes(column)) : [];
  const lost = columns.lost(stream, seldom, name);
  const isWhole = (layout.mode ?? 'full') === 'full';
  return isWhole ? [...columns.remarks(stream, before, name), ...lost] : lost;
}

/** Whether a file says itself which columns it has. */
function hasHeader({ format }: StreamLayout): boolean {
  return format === 'delimited' || format === 'xlsx';
}

/** What never came before the files that are read now, or before others that this sync has read. */
function gapsOf(chosen: readonly ChosenFile[], { streams, gaps, goesOn }: ReadingState) {
  const found = new Map(goesOn ? gaps : []);
  for (const { stream, layout, ...candidate } of chosen) {
    const read = streams.get(stream);
    const before = read === undefined ? null : turnOf(layout, read);
    const missing = layout.mode === 'delta' ? numbersMissing(candidate, before) : [];
    if (missing.length > 0) found.set(stream, [...(found.get(stream) ?? []), ...missing]);
  }
  return found;
}

/** The streams of each file, which is read once. */
function byFile(chosen: readonly ChosenFile[]): readonly (readonly ChosenFile[])[] {
  return [...Map.groupBy(chosen, ({ file }) => file.name).values()];
}

/** A cut inside the last value leaves a line that has all of its columns. */
function cutOff(file: string): InvalidFailure {
  const place = { file, line: null, field: null };
  const said = saying('lastLineOpen', { file });
  return new InvalidFailure('FILE_DAMAGED', said, { place, hint: saying('lastLineHint', {}) });
}
