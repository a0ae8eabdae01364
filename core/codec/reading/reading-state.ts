import type { RemoteFile } from '../../files/files.ts';
import type { Print } from '../../files/whole-file.ts';
import { isList, isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';

/** The file that a stream was read from last. */
export interface ReadFile extends Partial<Print> {
  readonly date: string;
  /** Absent where an older version noted the day alone. */
  readonly name?: string;
  readonly modifiedAt?: number;
  /** Columns that most of its records have, where it is a whole set. */
  readonly usual?: readonly string[];
  /** Columns in which most of them differ from the record before. */
  readonly varied?: readonly string[];
  /** Columns in which some record had a value, where the header tells which columns there are. */
  readonly filled?: readonly string[];
}

/** By what a list of files shows that one has been changed. */
export type Look = Pick<RemoteFile, 'bytes' | 'modifiedAt'>;

/** What a read must know of those before it: the checkpoint, as a value. */
export interface ReadingState {
  readonly streams: ReadonlyMap<string, ReadFile>;
  /**
   * Files that were read, or that lay there when one of a later turn was, by their names; null: not
   * noted. Each as it was then, or null where an older version noted the name alone.
   */
  readonly behind: ReadonlyMap<string, Look | null> | null;
  /** Running numbers of each stream that never came before the last one that was read. */
  readonly gaps: ReadonlyMap<string, readonly string[]>;
  /** More deltas lie there: whole sets that are the same need not be read again with each. */
  readonly goesOn: boolean;
  /** Digest of the layout by which it was read; null: not noted. */
  readonly layout: string | null;
}

/**
 * The state that a checkpoint holds. A day that is yet to come was read by an earlier version from
 * a mistyped name: it must not keep the right files from being read until it has come.
 */
export function stateOf(checkpoint: Json, latest: string): ReadingState {
  const { streams, dates, behind, gaps, goesOn, layout } = objectOf(checkpoint);
  const noted = Object.entries(objectOf(dates)).map(
    ([stream, date]) => [stream, { date: String(date) }] as const,
  );
  const read = Object.entries(objectOf(streams)).map(
    ([stream, file]) => [stream, readFileOf(file)] as const,
  );
  const known = [...noted, ...read].filter(([, { date }]) => date <= latest);
  return {
    streams: new Map(known),
    behind: Array.isArray(behind) ? new Map(behind.map(lookOf)) : null,
    gaps: new Map(
      Object.entries(objectOf(gaps)).map(([stream, numbers]) => [
        stream,
        isList(numbers) ? numbers.map(String) : [],
      ]),
    ),
    goesOn: goesOn === true,
    layout: typeof layout === 'string' ? layout : null,
  };
}

/** The state as a checkpoint. */
export function checkpointOf({ streams, behind, gaps, ...others }: ReadingState): Json {
  const files = Object.fromEntries([...streams].map(([stream, file]) => [stream, { ...file }]));
  const looks = [...(behind ?? [])].map(([name, look]) => ({ name, ...look }));
  return { streams: files, behind: looks, gaps: Object.fromEntries(gaps), ...others };
}

function lookOf(noted: Json): readonly [string, Look | null] {
  if (!isObject(noted)) return [String(noted), null];
  const { name, bytes, modifiedAt } = noted;
  const isSeen = typeof bytes === 'number' && typeof modifiedAt === 'number';
  return [String(name), isSeen ? { bytes, modifiedAt } : null];
}

function readFileOf(noted: Json): ReadFile {
  // SAFETY: `checkpointOf` wrote it.
  const file = objectOf(noted) as unknown as ReadFile;
  return { ...file, date: String(file.date) };
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
