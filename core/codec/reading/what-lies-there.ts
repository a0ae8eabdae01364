import { saying } from '../../failure/saying.ts';
import type { RemoteFile } from '../../files/files.ts';
import type { Saying } from '../../message/message.ts';
import { compileFileName } from '../layout/file-date.ts';
import type { Layout } from '../layout/layout.ts';

/** A file that fits a pattern and bears a date that can be, or none. */
export interface Candidate extends Turn {
  readonly file: RemoteFile;
}

/** When a file's turn is: by its day, and by its number among those of one day. */
export interface Turn {
  /** `YYYY-MM-DD`, or `''` where the pattern has no date. */
  readonly date: string;
  /** Null where the pattern has no number. */
  readonly number: bigint | null;
}

/** A file that fits a pattern but for its date, and why it cannot be read. */
export interface Misdated {
  readonly file: RemoteFile;
  readonly why: Saying;
}

export interface Lying {
  /** Of each stream, in the order of their turns. */
  readonly streams: ReadonlyMap<string, readonly Candidate[]>;
  /** Null where the layout asks for none. */
  readonly markers: readonly Candidate[] | null;
  readonly misdated: readonly Misdated[];
}

const HOUR_MS = 3_600_000;
/** A sender east of here, or whose export runs before midnight, has tomorrow's date already. */
const AHEAD_MS = 26 * HOUR_MS;

/** Below 0 where the one's turn is first, 0 where both have the same. */
export function inTurn(one: Turn, other: Turn): number {
  if (one.date !== other.date) return one.date < other.date ? -1 : 1;
  const [a, b] = [one.number ?? 0n, other.number ?? 0n];
  return a < b ? -1 : Number(a > b);
}

/** The last day that a file may bear now. */
export function latestDay(now: number): string {
  return new Date(now + AHEAD_MS).toISOString().slice(0, 10);
}

/** Sorts the files of a folder by the layout's patterns; files of no pattern are nobody's. */
export function whatLiesThere(layout: Layout, files: readonly RemoteFile[], now: number): Lying {
  const latest = latestDay(now);
  const misdated = new Map<string, Misdated>();
  const taken = new Set<string>();
  const fitting = (pattern: string): readonly Candidate[] => {
    const match = compileFileName(pattern);
    const found = files.flatMap((file): Candidate[] => {
      const fits = match(file.name);
      if (fits === null) return [];
      const why = whyNot(fits.date, latest);
      if (why !== null) misdated.set(file.name, { file, why });
      else taken.add(file.name);
      const { date, number } = fits;
      return why === null && date !== null ? [{ file, date, number }] : [];
    });
    return found.sort(inTurn);
  };
  const streams = Object.entries(layout.streams).map(
    ([stream, { file }]) => [stream, fitting(file)] as const,
  );
  const markers = layout.marker === undefined ? null : fitting(layout.marker);
  const strays = [...misdated.values()].filter(({ file }) => !taken.has(file.name));
  return { streams: new Map(streams), markers, misdated: strays };
}

function whyNot(date: string | null, latest: string): Saying | null {
  if (date === null) return saying('dateIsNone', {});
  return date > latest ? saying('dayToCome', { date }) : null;
}
