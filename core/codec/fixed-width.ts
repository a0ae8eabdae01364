import { saying } from '../failure/saying.ts';
import type { Saying } from '../message/message.ts';
import { MOST_READ, UNKNOWN_TYPE } from './delimited.ts';
import type { DelimitedBatch, DelimitedRecord, RowFault } from './delimited-rows.ts';
import { MAX_ROW_CHARACTERS } from './long-row.ts';
import {
  decodeText,
  type Encoding,
  fileFailure,
  recordFailure,
  wholeSoFar,
} from './text-decoding.ts';

/** A column of a file whose columns stand at fixed places. */
export interface FixedColumn {
  readonly name: string;
  /** First character, from 1. */
  readonly start: number;
  /** In characters. */
  readonly width: number;
  /** A line that ends before this column is refused; one that ends before another has it empty. */
  readonly required?: boolean;
  /** It never leaves the codec. */
  readonly drop?: true;
}

/** How a fixed-width file is written. Spaces around values are padding. */
export interface FixedWidthFormat {
  /** True: the first line is a heading, not a record. */
  readonly header: boolean;
  readonly encoding: Encoding;
  readonly columns: readonly FixedColumn[];
  /** What becomes of characters beyond the last column. */
  readonly extraColumns: 'refuse' | 'ignore';
  readonly trailer?: FixedTrailer;
  /** Where the file has records of several types: then each has columns of its own. */
  readonly types?: FixedTypes;
  /** What refuses the file is thrown behind what its lines say all the same. */
  readonly goesOn?: boolean;
}

/** Records of several types in one file. */
export interface FixedTypes {
  /** First character, from 1, of what tells a record's type. */
  readonly start: number;
  /** In characters. */
  readonly width: number;
  /** Type -> its columns; a line of any other type is set aside. */
  readonly columns: ReadonlyMap<string, readonly FixedColumn[]>;
}

/** The columns of one type of record, and the places that they take. */
interface FixedPlan {
  readonly kept: readonly FixedColumn[];
  readonly width: number;
  readonly needed: number;
}

/** A last line that says that the file is whole. A file without it is damaged. */
export interface FixedTrailer {
  /** What the trailer's line begins with. */
  readonly prefix: string;
  /** Where the trailer holds the number of records. */
  readonly count?: { readonly start: number; readonly width: number };
}

/**
 * Reads a fixed-width file as a stream, in flat memory. Empty lines are skipped. Throws
 * InvalidFailure FILE_ENCODING, FILE_DAMAGED or FILE_UNSAFE with the line, possibly after batches.
 */
export async function* readFixedWidth(
  bytes: AsyncIterable<Uint8Array>,
  format: FixedWidthFormat,
  file: string,
): AsyncGenerator<DelimitedBatch> {
  const reader = new FixedWidthReader(format, file);
  const steps = async function* () {
    let carry = '';
    try {
      for await (const text of decodeText(bytes, format.encoding, file, format.goesOn)) {
        const lines = (carry + text).split('\n');
        carry = lines.pop() ?? '';
        for (const line of lines) reader.take(line, true);
        yield reader.checkLength(carry);
      }
    } catch (failure) {
      if (format.goesOn === true) reader.take(carry, false);
      throw failure;
    }
    if (carry !== '') reader.take(carry, false);
    yield reader.end();
  };
  yield* wholeSoFar(steps(), () => reader.takeBatch());
}

class FixedWidthReader {
  readonly #format: FixedWidthFormat;
  readonly #file: string;
  readonly #plan: FixedPlan;
  readonly #plans: ReadonlyMap<string, FixedPlan>;
  /** Plans whose first line ends with the last column: a longer one has too much somewhere. */
  readonly #exact = new Set<FixedPlan>();
  readonly #met = new Set<FixedPlan>();
  #told = 0;
  #line = 0;
  #count = 0;
  #begun = false;
  #trailerSeen = false;
  /** Why the file is damaged, where reading goes on all the same. */
  #damage: Error | null = null;
  #records: DelimitedRecord[] = [];
  #faults: RowFault[] = [];

  constructor(format: FixedWidthFormat, file: string) {
    this.#format = format;
    this.#file = file;
    this.#plan = planOf(format.columns);
    const types = [...(format.types?.columns ?? [])];
    this.#plans = new Map(types.map(([type, columns]) => [type, planOf(columns)]));
  }

  /** What has been read since the last one; null for nothing. */
  takeBatch(): DelimitedBatch | null {
    const batch = { records: this.#records, faults: this.#faults };
    if (batch.records.length + batch.faults.length === 0) return null;
    this.#records = [];
    this.#faults = [];
    return batch;
  }

  checkLength(line: string): void {
    if (line.length <= MAX_ROW_CHARACTERS) return;
    throw this.#failure('FILE_UNSAFE', saying('longLine', {}), this.#line + 1);
  }

  take(raw: string, ended: boolean): void {
    this.#line++;
    // A sender counts a letter with its accent as one.
    const line = (raw.endsWith('\r') ? raw.slice(0, -1) : raw).normalize('NFC');
    if (line.trim() === '') return;
    const isHeading = this.#format.header && !this.#begun;
    this.#begun = true;
    if (isHeading) return;
    if (this.#trailerSeen) this.#damaged(saying('lineAfterTrailer', {}));
    const trailer = this.#format.trailer;
    if (trailer !== undefined && line.startsWith(trailer.prefix)) this.#takeTrailer(line, trailer);
    else if (this.#format.types === undefined) this.#takeRecord(line, ended, this.#plan, {});
    else this.#takeTyped(line, ended, this.#format.types);
  }

  end(): void {
    if (this.#damage !== null) throw this.#damage;
    if (!this.#begun) throw this.#failure('FILE_DAMAGED', saying('fileIsEmpty', {}), null);
    if (this.#format.trailer !== undefined && !this.#trailerSeen) {
      throw this.#failure('FILE_DAMAGED', saying('noTrailer', {}), null);
    }
  }

  #takeTyped(line: string, ended: boolean, { start, width }: FixedTypes): void {
    const type = line.slice(start - 1, start - 1 + width).trim();
    const plan = this.#plans.get(type);
    if (plan !== undefined) this.#takeRecord(line, ended, plan, { type });
    else {
      this.#count++;
      this.#refuse(UNKNOWN_TYPE);
    }
  }

  #takeRecord(
    line: string,
    ended: boolean,
    plan: FixedPlan,
    about: { readonly type?: string },
  ): void {
    this.#count++;
    const { kept, width: most, needed } = plan;
    if (!this.#met.has(plan) && line.length === most) this.#exact.add(plan);
    this.#met.add(plan);
    const short = line.length < needed;
    if (!ended && line.length < most) {
      throw this.#failure('FILE_DAMAGED', saying('lastLineCut', {}), this.#line);
    }
    const isBeside = line.slice(most).trim() !== '' || this.#exact.has(plan);
    const long = this.#format.extraColumns === 'refuse' && line.length > most && isBeside;
    if (short || long) {
      const fault = saying('otherLength', { found: line.length, fewest: needed, most });
      const beside = line.length - most;
      const damages = [...kept.map(({ start }) => start), most + 1];
      const isTold = ++this.#told <= MOST_READ;
      const readings = (isTold ? damages : []).map((damage) => {
        return valuesIn(line, kept, ({ start }) => (start < damage ? 0 : beside));
      });
      this.#refuse(fault, { ...about, readings });
      return;
    }
    this.#records.push({ line: this.#line, values: valuesIn(line, kept, () => 0), ...about });
  }

  #refuse(what: Saying, about: Omit<RowFault, 'failure'> = {}): void {
    this.#faults.push({ failure: recordFailure(what, this.#file, this.#line), ...about });
  }

  #takeTrailer(line: string, trailer: FixedTrailer): void {
    this.#trailerSeen = true;
    if (trailer.count === undefined) return;
    const { start, width } = trailer.count;
    const stated = line.slice(start - 1, start - 1 + width).trim();
    if (/^\d{1,12}$/.test(stated) && Number(stated) === this.#count) return;
    this.#damaged(saying('trailerCount', { count: this.#count }));
  }

  #damaged(what: Saying): void {
    const damage = this.#failure('FILE_DAMAGED', what, this.#line);
    if (this.#format.goesOn !== true) throw damage;
    this.#damage ??= damage;
  }

  #failure(code: 'FILE_DAMAGED' | 'FILE_UNSAFE', what: Saying, line: number | null): Error {
    return fileFailure(code, what, this.#file, line);
  }
}

/** What stands in its columns, each so many characters behind its place. */
function valuesIn(
  line: string,
  columns: readonly FixedColumn[],
  behind: (column: FixedColumn) => number,
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const column of columns) {
    const from = Math.max(0, column.start - 1 + behind(column));
    values[column.name] = line.slice(from, from + column.width).trim();
  }
  return values;
}

function planOf(columns: readonly FixedColumn[]): FixedPlan {
  return {
    kept: columns.filter((column) => column.drop !== true),
    width: widthOf(columns),
    needed: widthOf(columns.filter((column) => column.required === true)),
  };
}

function widthOf(columns: readonly FixedColumn[]): number {
  return Math.max(0, ...columns.map((column) => column.start - 1 + column.width));
}
