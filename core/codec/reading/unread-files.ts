import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Problem, Saying } from '../../message/message.ts';
import type { Layout } from '../layout/layout.ts';
import { wholeOf } from './chosen-files.ts';
import type { ReadFile, ReadingState } from './reading-state.ts';
import type { Candidate, Lying } from './what-lies-there.ts';

/** What was put there just now may be under way, its marker last. */
const UNDER_WAY_MS = 15 * 60_000;

/**
 * What lies there and is left alone: files whose date is none or is yet to come, files that came
 * after one of their own or of a later day was read, and files that wait for their marker.
 */
export function unreadFiles(
  layout: Layout,
  lying: Lying,
  state: ReadingState,
  now: number,
): readonly Problem[] {
  const problems = lying.misdated.map(({ file, why }) => unread(file.name, why));
  for (const stream of Object.keys(layout.streams)) {
    const read = state.streams.get(stream);
    const whole = wholeOf(stream, lying);
    for (const candidate of lying.streams.get(stream) ?? []) {
      const why = whole.includes(candidate)
        ? whyLate(candidate, read, state)
        : whyUnmarked(candidate, read, now);
      if (why !== null) problems.push(unread(candidate.file.name, why));
    }
  }
  return problems;
}

/**
 * Files of days that have passed, which lay there when a later one was read, or were read
 * themselves: nobody need hear of them.
 */
export function leftBehind(lying: Lying, before: ReadingState, after: ReadingState): Set<string> {
  const names = new Set<string>();
  for (const [stream, candidates] of lying.streams) {
    const read = after.streams.get(stream);
    for (const candidate of candidates) {
      if (read === undefined || candidate.date === '' || candidate.date > read.date) continue;
      const wasRead = candidate.file.name === before.streams.get(stream)?.name;
      const isLate = whyLate(candidate, before.streams.get(stream), before) !== null;
      if (wasRead || !isLate) names.add(candidate.file.name);
    }
  }
  return names;
}

function whyLate(
  { file, date }: Candidate,
  read: ReadFile | undefined,
  { behind }: ReadingState,
): Saying | null {
  if (read === undefined || behind === null || date === '' || date > read.date) return null;
  if (file.name === read.name || behind.has(file.name)) return null;
  if (date === read.date) return saying('sameDay', { read: read.name ?? read.date });
  return saying('earlierDay', { date, read: read.date });
}

function whyUnmarked(
  { file, date }: Candidate,
  read: ReadFile | undefined,
  now: number,
): Saying | null {
  const isYoung = Math.abs(now - file.modifiedAt) < UNDER_WAY_MS;
  return date > (read?.date ?? '') && !isYoung ? saying('unmarked', {}) : null;
}

function unread(file: string, what: Saying): Problem {
  const place = { file, line: null, field: null };
  return new RefusedFailure('FILE_UNREAD', saying('ofFile', { file, what }), { place }).toProblem();
}
