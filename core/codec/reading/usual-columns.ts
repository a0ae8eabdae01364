import type { PassedBlock, SourceRecord } from '../../connector/connector.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { isList } from '../../message/digest.ts';
import type { Json, Problem } from '../../message/message.ts';

/** Of fewer records nothing is usual. */
const FEWEST = 5;

/** All records of a stream have the same columns. */
interface Tally {
  records: number;
  readonly names: readonly string[];
  /** How many records have each of them. */
  readonly filled: number[];
  /** How many were looked at one by one, and how many differ from the one before. */
  seen: number;
  readonly changes: number[];
  readonly last: (Json | undefined)[];
}

const NOTHING: Tally = tallyOf([]);

/**
 * Counts which columns of a file's streams have values. Of columns it can be told when one is
 * renamed; of XML and JSON, and of columns that are left blank, only that nobody has it any more.
 */
export class UsualColumns {
  readonly #streams = new Map<string, Tally>();

  note(stream: string, records: readonly SourceRecord[]): void {
    const [first] = records;
    if (first === undefined) return;
    const tally = this.#streams.get(stream) ?? tallyOf(Object.keys(first.value));
    this.#streams.set(stream, tally);
    tally.records += records.length;
    addFilled(tally, records);
    addChanges(tally, records);
  }

  /** Of a stream of which a record was noted, how many of these have each column. */
  countOf(stream: string, records: readonly SourceRecord[]): readonly number[] {
    const { names } = this.#streams.get(stream) ?? NOTHING;
    const tally = tallyOf(names);
    addFilled(tally, records);
    return tally.filled;
  }

  /** Notes records that were counted so when they were read. */
  noteCounted(stream: string, { records, filled }: PassedBlock): void {
    const tally = this.#streams.get(stream);
    if (tally === undefined) return;
    tally.records += records;
    for (const [at, count] of filled.entries()) tally.filled[at] = (tally.filled[at] ?? 0) + count;
  }

  /** Whether a record of a stream was noted, so that its columns are known. */
  knows(stream: string): boolean {
    return this.#streams.has(stream);
  }

  /** Columns that at least half of a stream's records have. */
  of(stream: string): readonly string[] {
    const { records, names, filled } = this.#streams.get(stream) ?? NOTHING;
    if (records < FEWEST) return [];
    return names.filter((_, at) => (filled[at] ?? 0) * 2 >= records);
  }

  /** Columns in which a record of a stream has a value. */
  filled(stream: string): readonly string[] {
    const { names, filled } = this.#streams.get(stream) ?? NOTHING;
    return names.filter((_, at) => (filled[at] ?? 0) > 0);
  }

  /** Columns by which records are told apart: most have another value than the one before. */
  varied(stream: string, before: readonly string[]): readonly string[] {
    const { records, seen, names, changes } = this.#streams.get(stream) ?? NOTHING;
    // Of what was not read it is known that it is as it was.
    if (seen < records) return before;
    if (records < FEWEST) return [];
    return names.filter((_, at) => (changes[at] ?? 0) * 2 >= records);
  }

  /** What was usual in the file before, and no record has now, or all have alike. */
  remarks(stream: string, { usual = [], varied = [] }: Before, file: string): readonly Problem[] {
    const { records, seen, names, changes } = this.#streams.get(stream) ?? NOTHING;
    if (records < FEWEST) return [];
    const filled = new Set(this.filled(stream));
    const gone = usual.filter((name) => !filled.has(name));
    const alike = names.filter((name, at) => {
      return seen === records && filled.has(name) && varied.includes(name) && changes[at] === 0;
    });
    return [...driftOf('columnsGone', gone, file), ...driftOf('columnsAlike', alike, file)];
  }

  /**
   * Columns that the header lacks, and in which the file before had values, however few: an end
   * that only some have is gone with its column, and whoever had left is back.
   */
  lost(stream: string, before: readonly string[], file: string): readonly Problem[] {
    const { records, names } = this.#streams.get(stream) ?? NOTHING;
    const lost = records === 0 ? [] : before.filter((name) => !names.includes(name));
    return driftOf('columnsLost', lost, file);
  }
}

/** What was noted of the file before. */
interface Before {
  readonly usual?: readonly string[];
  readonly varied?: readonly string[];
}

function driftOf(
  sentence: 'columnsGone' | 'columnsLost' | 'columnsAlike',
  names: readonly string[],
  file: string,
): readonly Problem[] {
  if (names.length === 0) return [];
  const place = { file, line: null, field: names[0] ?? null };
  return [
    new RefusedFailure('FILE_DRIFT', saying(sentence, { file, names }), { place }).toProblem(),
  ];
}

function addFilled({ names, filled }: Tally, records: readonly SourceRecord[]): void {
  for (const { value } of records) {
    for (let at = 0; at < names.length; at++) {
      const said = value[names[at] ?? ''];
      const isEmpty = said === '' || (typeof said === 'object' && isList(said) && !said.length);
      if (!isEmpty) filled[at] = (filled[at] ?? 0) + 1;
    }
  }
}

function addChanges(tally: Tally, records: readonly SourceRecord[]): void {
  const { names, changes, last } = tally;
  for (const { value } of records) {
    for (let at = 0; at < names.length; at++) {
      const said = value[names[at] ?? ''];
      if (tally.seen > 0 && said !== last[at]) changes[at] = (changes[at] ?? 0) + 1;
      last[at] = said;
    }
    tally.seen += 1;
  }
}

function tallyOf(names: readonly string[]): Tally {
  const none = () => names.map(() => 0);
  return { records: 0, names, filled: none(), seen: 0, changes: none(), last: [] };
}
