import { InvalidFailure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { RemoteFile } from '../../files/files.ts';
import { compileFileName } from '../layout/file-date.ts';
import type { Layout, StreamLayout } from '../layout/layout.ts';
import type { ReadFile, ReadingState } from './reading-state.ts';
import { type Candidate, inTurn, type Lying, type Turn } from './what-lies-there.ts';

/** The file that a stream is read from. */
export interface ChosenFile extends Candidate {
  readonly stream: string;
  readonly layout: StreamLayout;
}

export interface Choice {
  readonly files: readonly ChosenFile[];
  /** Later deltas lie there too. */
  readonly more: boolean;
}

/**
 * The files to read now, at most one for each stream: of full streams those of the newest day, all
 * of the same; of delta streams the first in turn that was not read before. Throws FILE_MISSING
 * where the marker or a file that must be there is not, SOURCE_STALE where only older files are.
 */
export function chooseFiles(layout: Layout, lying: Lying, state: ReadingState): Choice {
  if (lying.markers?.length === 0) throw missing(`the marker ${layout.marker}`, lying);
  const day = newestDay(layout, lying);
  let more = false;
  const files = Object.entries(layout.streams).flatMap(([stream, declared]) => {
    const candidates = wholeOf(stream, lying);
    const read = state.streams.get(stream);
    const isDelta = declared.mode === 'delta';
    const pending = isDelta
      ? freshDeltas(declared, candidates, read, state)
      : newestFull(candidates, day);
    const [found, next] = pending;
    if (isDelta && next !== undefined) more = true;
    if (found === undefined) {
      if (declared.optional === true || (isDelta && read !== undefined)) return [];
      throw missing(`${stream}: ${declared.file}${day === '' ? '' : ` of ${day}`}`, lying);
    }
    if (!isDelta && read !== undefined && inTurn(found, turnOf(declared, read)) < 0) {
      throw stale(found, read);
    }
    return [{ stream, layout: declared, ...found }];
  });
  return { files: state.goesOn ? withoutSame(files, state) : files, more };
}

/** Beside the next delta of several, a whole set that is the same need not be read again. */
function withoutSame(files: readonly ChosenFile[], { streams }: ReadingState) {
  if (!files.some(({ layout }) => layout.mode === 'delta')) return files;
  return files.filter(({ stream, layout, file }) => {
    return layout.mode === 'delta' || !isAsRead(file, streams.get(stream));
  });
}

/**
 * Files to be read, now or once what they wait for is there: of full streams the newest, of delta
 * streams all that were not read before.
 */
export function waitingFiles(
  layout: Layout,
  lying: Lying,
  state: ReadingState,
): readonly ChosenFile[] {
  return Object.entries(layout.streams).flatMap(([stream, declared]) => {
    const read = state.streams.get(stream);
    const whole = wholeOf(stream, lying);
    const isNew = (one: Candidate) =>
      read === undefined || inTurn(one, turnOf(declared, read)) >= 0;
    const due =
      declared.mode === 'delta'
        ? freshDeltas(declared, whole, read, state)
        : whole.filter(isNew).slice(-1);
    return due.map((found) => ({ stream, layout: declared, ...found }));
  });
}

/** Those that are not as they were when they were read; none while something is missing. */
export function freshFiles(
  layout: Layout,
  lying: Lying,
  state: ReadingState,
): readonly ChosenFile[] {
  try {
    const { files } = chooseFiles(layout, lying, state);
    return files.filter(({ stream, file, date }) => {
      const read = state.streams.get(stream);
      if (read?.name === undefined) return date === '' || date > (read?.date ?? '');
      return !isAsRead(file, read);
    });
  } catch (failure) {
    if (failure instanceof TransientFailure || failure instanceof InvalidFailure) return [];
    throw failure;
  }
}

/** Whether a file has the name, the size and the time of one that was read. */
function isAsRead({ name, bytes, modifiedAt }: RemoteFile, read: ReadFile | undefined): boolean {
  return read?.name === name && read.bytes === bytes && read.modifiedAt === modifiedAt;
}

/** The candidates of a stream that their marker vouches for, if there are markers. */
export function wholeOf(stream: string, { streams, markers }: Lying): readonly Candidate[] {
  return (streams.get(stream) ?? []).filter(({ date, number }) => {
    // A dated marker vouches for the files of its day alone, a numbered one for those of its
    // number; any other for all.
    if (markers === null || (date === '' && number === null)) return true;
    return markers.some((marker) => {
      const isOfDay = date === '' || marker.date === '' || marker.date === date;
      return isOfDay && (number === null || marker.number === null || marker.number === number);
    });
  });
}

/** Files of different days do not make one picture: the newest day counts for all full streams. */
function newestDay(layout: Layout, lying: Lying): string {
  const full = Object.entries(layout.streams).filter(([, { mode }]) => mode !== 'delta');
  const dates = full.flatMap(([stream]) => wholeOf(stream, lying).map(({ date }) => date));
  return dates.sort().at(-1) ?? '';
}

function newestFull(candidates: readonly Candidate[], day: string): readonly Candidate[] {
  return candidates.filter(({ date }) => date === '' || date === day).slice(-1);
}

/**
 * Those of a later turn, others of the same turn that were not read, and the last one that was read
 * where it was sent again, corrected.
 */
function freshDeltas(
  declared: StreamLayout,
  candidates: readonly Candidate[],
  read: ReadFile | undefined,
  { behind }: ReadingState,
): readonly Candidate[] {
  if (read === undefined) return candidates;
  const last = turnOf(declared, read);
  return candidates.filter((one) => {
    const { file } = one;
    if (file.name === read.name) return !isAsRead(file, read);
    const turn = inTurn(one, last);
    return turn > 0 || (turn === 0 && behind?.has(file.name) === false);
  });
}

/** When the turn of a file was that has been read. */
export function turnOf({ file }: StreamLayout, { date, name }: ReadFile): Turn {
  const number = name === undefined ? null : (compileFileName(file)(name)?.number ?? null);
  return { date, number };
}

/** Names beside what is missing whatever almost was it: its date is often the reason. */
function missing(what: string, { misdated }: Lying): TransientFailure {
  const place = { file: what, line: null, field: null };
  const [first] = misdated;
  const said =
    first === undefined
      ? saying('fileMissing', { file: what })
      : saying('fileMisdated', { file: what, other: first.file.name, why: first.why });
  return new TransientFailure('FILE_MISSING', said, { place });
}

function stale({ file, date, number }: Candidate, read: ReadFile): InvalidFailure {
  const place = { file: file.name, line: null, field: null };
  const said =
    date < read.date || number === null
      ? saying('olderThanRead', { file: file.name, date, read: read.date })
      : saying('ofFile', {
          file: file.name,
          what: saying('lowerNumber', { number: String(number), read: read.name ?? '' }),
        });
  return new InvalidFailure('SOURCE_STALE', said, { place });
}
