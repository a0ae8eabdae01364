import { saying } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';
import type { RemoteFile } from '../../transport/files/files.ts';
import { compileFileName } from '../layout/file-date.ts';
import type { Layout } from '../layout/layout.ts';

/** A file that fits a pattern and bears a date that can be, or none. */
export interface Candidate {
  readonly file: RemoteFile;
  /** `YYYY-MM-DD`, or `''` where the pattern has no date. */
  readonly date: string;
}

/** A file that fits a pattern but for its date, and why it cannot be read. */
export interface Misdated {
  readonly file: RemoteFile;
  readonly why: Saying;
}

export interface Lying {
  /** Of each stream, in the order of their days. */
  readonly streams: ReadonlyMap<string, readonly Candidate[]>;
  /** Null where the layout asks for none. */
  readonly markers: readonly Candidate[] | null;
  readonly misdated: readonly Misdated[];
}

const HOUR_MS = 3_600_000;
/** A sender east of here, or whose export runs before midnight, has tomorrow's date already. */
const AHEAD_MS = 26 * HOUR_MS;

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
      return why === null && fits.date !== null ? [{ file, date: fits.date }] : [];
    });
    return found.sort((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)));
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
