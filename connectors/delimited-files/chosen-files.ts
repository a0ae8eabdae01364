import {
  type Json,
  type Layout,
  matchFileName,
  type StreamLayout,
  TransientFailure,
} from '../../core/plugin.ts';

/** The file that a stream is read from. */
export interface ChosenFile {
  readonly stream: string;
  readonly layout: StreamLayout;
  readonly name: string;
  /** `YYYY-MM-DD` where the file's name has a date, else `''`. */
  readonly date: string;
}

interface Candidate {
  readonly name: string;
  readonly date: string;
}

/**
 * The files to read now, at most one for each stream: of full streams those of the newest day, all
 * of the same; of delta streams the oldest that was not read before. Throws FILE_MISSING where the
 * marker or a file that must be there is not.
 */
export function chooseFiles(
  layout: Layout,
  names: readonly string[],
  since: Json,
): readonly ChosenFile[] {
  const markers = layout.marker === undefined ? null : candidatesOf(layout.marker, names);
  if (markers?.length === 0) throw missing(`the marker ${layout.marker}`);
  const whole = names.filter((name) => isWhole(layout, markers, name));
  const day = newestDay(layout, whole);
  const read = readBefore(since);
  return Object.entries(layout.streams).flatMap(([stream, declared]) => {
    const candidates = candidatesOf(declared.file, whole);
    const isDelta = declared.mode === 'delta';
    const after = read[stream] ?? '';
    const found = isDelta ? nextDelta(candidates, after) : newestFull(candidates, day);
    if (found !== undefined) return [{ stream, layout: declared, ...found }];
    if (declared.optional === true || (isDelta && after !== '')) return [];
    throw missing(`${stream}: ${declared.file}${day === '' ? '' : ` of ${day}`}`);
  });
}

/** Those that were not read before, of what is to be read now; none while something is missing. */
export function freshFiles(
  layout: Layout,
  names: readonly string[],
  since: Json,
): readonly ChosenFile[] {
  const read = readBefore(since);
  try {
    const chosen = chooseFiles(layout, names, since);
    return chosen.filter(({ stream, date }) => date === '' || date > (read[stream] ?? ''));
  } catch (failure) {
    if (failure instanceof TransientFailure) return [];
    throw failure;
  }
}

/** What the next read must know: the day of the last file of each stream. */
export function checkpointAfter(since: Json, chosen: readonly ChosenFile[]): Json {
  const now = Object.fromEntries(chosen.map(({ stream, date }) => [stream, date]));
  return { dates: { ...readBefore(since), ...now } };
}

function readBefore(since: Json): Readonly<Record<string, string>> {
  if (typeof since !== 'object' || since === null || !('dates' in since)) return {};
  const { dates } = since;
  if (typeof dates !== 'object' || dates === null) return {};
  return Object.fromEntries(Object.entries(dates).map(([stream, date]) => [stream, String(date)]));
}

/** A dated marker vouches for the files of its day alone, an undated one for all. */
function isWhole(layout: Layout, markers: readonly Candidate[] | null, name: string): boolean {
  if (markers === null || markers.some(({ date }) => date === '')) return true;
  const dates = Object.values(layout.streams).map(({ file }) => matchFileName(file, name));
  return dates.some((date) => date === '' || markers.some((marker) => marker.date === date));
}

/** Files of different days do not make one picture: the newest day counts for all full streams. */
function newestDay(layout: Layout, names: readonly string[]): string {
  const full = Object.values(layout.streams).filter(({ mode }) => mode !== 'delta');
  const dates = full.flatMap(({ file }) => candidatesOf(file, names).map(({ date }) => date));
  return dates.sort().at(-1) ?? '';
}

function newestFull(candidates: readonly Candidate[], day: string): Candidate | undefined {
  return candidates.findLast(({ date }) => date === '' || date === day);
}

function nextDelta(candidates: readonly Candidate[], after: string): Candidate | undefined {
  return candidates.find(({ date }) => date === '' || date > after);
}

/** In the order of their days. */
function candidatesOf(pattern: string, names: readonly string[]): readonly Candidate[] {
  const found = names.flatMap((name): Candidate[] => {
    const date = matchFileName(pattern, name);
    return date === null ? [] : [{ name, date }];
  });
  return found.sort((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date)));
}

function missing(what: string): TransientFailure {
  const place = { file: what, line: null, field: null };
  return new TransientFailure('FILE_MISSING', `${what} is not there`, { place });
}
