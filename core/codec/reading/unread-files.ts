import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Problem, Saying } from '../../message/message.ts';
import { compileFileName } from '../layout/file-date.ts';
import type { Layout } from '../layout/layout.ts';
import { type ChosenFile, turnOf, wholeOf } from './chosen-files.ts';
import type { Look, ReadFile, ReadingState } from './reading-state.ts';
import { type Candidate, inTurn, type Lying, type Turn } from './what-lies-there.ts';

/** What was put there just now may be under way, its marker last. */
const UNDER_WAY_MS = 15 * 60_000;

/**
 * What lies there and is left alone: files whose date is none or is yet to come, files that came,
 * or were changed, after one of their own or of a later turn was read, and files that wait for
 * their marker; and running numbers that never came.
 */
export function unreadFiles(
  layout: Layout,
  lying: Lying,
  state: ReadingState,
  now: number,
): readonly Problem[] {
  const problems = lying.misdated.map(({ file, why }) => unread(file.name, why));
  for (const [stream, declared] of Object.entries(layout.streams)) {
    const read = state.streams.get(stream);
    const gaps = missingNow(state.gaps.get(stream) ?? [], lying.streams.get(stream) ?? []);
    if (gaps.length > 0)
      problems.push(unread(declared.file, saying('numbersMissing', { numbers: gaps })));
    const whole = wholeOf(stream, lying);
    for (const candidate of lying.streams.get(stream) ?? []) {
      const why = whole.includes(candidate)
        ? whyLate(layout, stream, candidate, state)
        : whyUnmarked(candidate, read === undefined ? null : turnOf(declared, read), now);
      if (why !== null) problems.push(unread(candidate.file.name, why));
    }
  }
  return problems;
}

/**
 * Files whose turn has passed, which lay there when a later one was read, or were read themselves,
 * as they were then: nobody need hear of them.
 */
export function leftBehind(
  layout: Layout,
  lying: Lying,
  before: ReadingState,
  after: Pick<ReadingState, 'streams'>,
): ReadonlyMap<string, Look | null> {
  const found = new Map<string, Look | null>();
  for (const [stream, candidates] of lying.streams) {
    const [declared, read] = [layout.streams[stream], after.streams.get(stream)];
    if (declared === undefined || read === undefined) continue;
    const last = turnOf(declared, read);
    const known = before.streams.get(stream);
    for (const candidate of candidates) {
      const { bytes, modifiedAt, name } = candidate.file;
      const noted = before.behind?.get(name);
      const turn = inTurn(candidate, last);
      if (turn > 0 || isWithoutTurn(candidate)) continue;
      if (noted !== undefined) found.set(name, noted);
      else if (name === known?.name && name !== read.name) found.set(name, lookAt(known));
      else if (name === read.name || name === known?.name) found.set(name, { bytes, modifiedAt });
      else if (turn < 0 && whyLate(layout, stream, candidate, before) === null) {
        found.set(name, { bytes, modifiedAt });
      }
    }
  }
  return found;
}

/**
 * Files that `unreadFiles` tells of, although they are whole: they come late, or too early, or of a
 * day that is none.
 */
export function leftAlone(
  layout: Layout,
  lying: Lying,
  state: ReadingState,
): readonly ChosenFile[] {
  const early = layout.marker === undefined ? lying.misdated : [];
  return Object.entries(layout.streams).flatMap(([stream, declared]) => {
    const match = compileFileName(declared.file);
    const toCome = early.flatMap(({ file }): Candidate[] => {
      const fits = match(file.name);
      return fits === null ? [] : [{ file, date: fits.date ?? '', number: fits.number }];
    });
    const late = wholeOf(stream, lying).filter(
      (one) => whyLate(layout, stream, one, state) !== null,
    );
    return [...late, ...toCome].map((found) => ({ stream, layout: declared, ...found }));
  });
}

function lookAt({ bytes, modifiedAt }: ReadFile): Look | null {
  return bytes === undefined || modifiedAt === undefined ? null : { bytes, modifiedAt };
}

/** The same file is read each time. */
function isWithoutTurn({ date, number }: Candidate): boolean {
  return date === '' && number === null;
}

function whyLate(
  layout: Layout,
  stream: string,
  candidate: Candidate,
  { behind, streams }: ReadingState,
): Saying | null {
  const { file, date, number } = candidate;
  const [declared, read] = [layout.streams[stream], streams.get(stream)];
  if (declared === undefined || read === undefined || behind === null) return null;
  const turn = inTurn(candidate, turnOf(declared, read));
  if (isWithoutTurn(candidate) || turn > 0 || file.name === read.name) return null;
  const noted = behind.get(file.name);
  if (noted === null) return null;
  const name = read.name ?? read.date;
  if (noted !== undefined) {
    const isSame = noted.bytes === file.bytes && noted.modifiedAt === file.modifiedAt;
    return isSame ? null : saying('changedSince', { read: name });
  }
  if (turn === 0) return saying(number === null ? 'sameDay' : 'sameNumber', { read: name });
  return date < read.date || number === null
    ? saying('earlierDay', { date, read: read.date })
    : saying('lowerNumber', { number: String(number), read: name });
}

/** Of more, the numbers are none that run from file to file: times of day, say. */
const MOST_MISSING = 50n;

/** Numbers between the file that was read last and the one whose turn is now. */
export function numbersMissing(
  { date, number }: Candidate,
  before: Pick<Candidate, 'number'> | null,
): readonly string[] {
  // With a day beside it, a number may begin anew each day.
  if (date !== '' || number === null || before?.number == null) return [];
  const missing: string[] = [];
  if (number - before.number > MOST_MISSING) return missing;
  for (let one = before.number + 1n; one < number; one++) missing.push(String(one));
  return missing;
}

/** One that has come too late is told of as a file. */
function missingNow(
  numbers: readonly string[],
  candidates: readonly Candidate[],
): readonly string[] {
  const there = new Set(candidates.map(({ number }) => String(number)));
  return numbers.filter((one) => !there.has(one));
}

function whyUnmarked(candidate: Candidate, last: Turn | null, now: number): Saying | null {
  const isYoung = Math.abs(now - candidate.file.modifiedAt) < UNDER_WAY_MS;
  const isLater = last === null || inTurn(candidate, last) > 0;
  return isLater && !isYoung ? saying('unmarked', {}) : null;
}

function unread(file: string, what: Saying): Problem {
  const place = { file, line: null, field: null };
  return new RefusedFailure('FILE_UNREAD', saying('ofFile', { file, what }), { place }).toProblem();
}
