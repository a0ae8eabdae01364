import { RefusedFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Problem, Saying } from '../message/message.ts';
import type { DelimitedBatch, DelimitedRecord, RowFault } from './delimited-rows.ts';
import {
  type KnownLines,
  type MarkedLines,
  type RowPlace,
  type RowReader,
  readLineBlocks,
} from './known-lines.ts';
import {
  type Column,
  type ColumnPlan,
  type ExtraColumns,
  isHeaderAgain,
  namesSeparator,
  otherSeparator,
  planColumns,
  type ShortRows,
} from './layout/columns.ts';
import { isBlank, RowSplitter } from './row-splitter.ts';
import {
  decodeText,
  type Encoding,
  fileFailure,
  recordFailure,
  TextPieces,
  wholeSoFar,
} from './text-decoding.ts';

/** How a delimited file is written. */
export interface DelimitedFormat {
  /** One character: `,`, `;`, `|` or a tab. */
  readonly separator: string;
  /** One character, doubled inside quotes (RFC 4180); empty: quotes mean nothing. */
  readonly quote: string;
  /** True: the first line names the columns, in any order. False: `columns` is their order. */
  readonly header: boolean;
  /** How its bytes are text. */
  readonly encoding: Encoding;
  /** Its columns, in their order. */
  readonly columns: readonly Column[];
  /** What becomes of a file that has columns beyond `columns`. */
  readonly extraColumns: ExtraColumns;
  /** What becomes of a row that has fewer cells than there are columns; default `refuse`. */
  readonly shortRows?: ShortRows;
  /** The last line, which counts the others. */
  readonly trailer?: Trailer;
  /** Where the file has records of several types: then each has columns of its own. */
  readonly types?: DelimitedTypes;
  /** What refuses the file is thrown behind what its lines say all the same. */
  readonly goesOn?: boolean;
}

/** Records of several types in one file, which has no header then. */
export interface DelimitedTypes {
  /** Field, from 0, that tells a record's type. */
  readonly field: number;
  /** Type -> its columns; a line of any other type is set aside. */
  readonly columns: ReadonlyMap<string, readonly Column[]>;
}

/** A last line that says that the file is whole. A file without it is damaged. */
export interface Trailer {
  /** What the trailer's line begins with. */
  readonly prefix: string;
  /** Field of the trailer, from 0, that holds the number of records. */
  readonly count?: number;
}

/**
 * Reads a delimited file as a stream, in flat memory. Empty lines are skipped. Throws
 * InvalidFailure FILE_ENCODING, FILE_LAYOUT, FILE_DAMAGED or FILE_UNSAFE with the line, possibly
 * after batches. With `known`, what is known is not read: not of UTF-16, and not of several types.
 */
export async function* readDelimited(
  bytes: AsyncIterable<Uint8Array>,
  format: DelimitedFormat,
  file: string,
  known?: KnownLines,
): AsyncGenerator<DelimitedBatch> {
  const reader = new DelimitedReader(format, file);
  const isPlain = format.encoding !== 'utf-16' && format.types === undefined;
  const steps = async function* () {
    if (known !== undefined && isPlain) {
      yield* readLineBlocks(bytes, new TextPieces(format.encoding, file), reader, known);
    } else {
      try {
        for await (const text of decodeText(bytes, format.encoding, file, format.goesOn)) {
          yield reader.push(text);
        }
      } catch (failure) {
        // The last lines may have waited for their end.
        if (format.goesOn === true) reader.end();
        throw failure;
      }
    }
    yield reader.end();
  };
  yield* wholeSoFar(steps(), () => reader.takeBatch());
}

function nothingRead() {
  const [records, faults]: [DelimitedRecord[], RowFault[]] = [[], []];
  const [remarks, blocks]: [Problem[], MarkedLines[]] = [[], []];
  return { records, faults, remarks, blocks };
}

/** Of so many rows of one file it is told what they may say; of more, it is at fault as a whole. */
export const MOST_READ = 1_000;
/** What is wrong with a line of a type that no stream of its file has. */
export const UNKNOWN_TYPE = saying('unknownType', {});

class DelimitedReader implements RowReader {
  readonly #file: string;
  #format: DelimitedFormat;
  #splitter: RowSplitter;
  #plan: ColumnPlan | null = null;
  readonly #plans = new Map<string, ColumnPlan>();
  #header: readonly string[] | null = null;
  #count = 0;
  /** Cells of the shortest record. */
  #fewest = Number.POSITIVE_INFINITY;
  #trailerLine: number | null = null;
  #read = nothingRead();
  #told = 0;
  /** Why the file is damaged, where reading goes on all the same. */
  #damage: Error | null = null;
  #isSpoilt = false;
  /** Rows that are told of, or have another width than the header. */
  #odd = 0;

  constructor(format: DelimitedFormat, file: string) {
    [this.#format, this.#file] = [format, file];
    this.#splitter = new RowSplitter(format, file, this.#takeRow);
    if (!format.header) this.#plan = planColumns(null, format, file, 1);
    for (const [type, columns] of format.types?.columns ?? []) {
      this.#plans.set(type, planColumns(null, { ...format, columns }, file, 1));
    }
  }

  push(text: string): void {
    if (this.#plan === null && this.#format.goesOn === true) this.#adapt(text);
    this.#noteEncoding(text);
    this.#splitter.push(text);
  }

  /** What has been read since the last time; null for nothing. */
  takeBatch(): DelimitedBatch | null {
    const { records, faults, remarks } = this.#read;
    if (records.length + faults.length + remarks.length === 0) return null;
    const read = this.#read;
    this.#read = nothingRead();
    return read;
  }

  mark(block: MarkedLines): void {
    this.#read.blocks.push(block);
  }

  /** Where no row has begun, and each line that comes is to be a record; else null. */
  place(): RowPlace | null {
    const { nextLine } = this.#splitter;
    if (nextLine === null || this.#plan === null || this.#trailerLine !== null) return null;
    const columns = JSON.stringify(this.#header);
    return { line: nextLine, records: this.#count, odd: this.#odd, columns };
  }

  pass(records: number, lines: number): void {
    this.#count += records;
    this.#fewest = Math.min(this.#fewest, this.#plan?.width ?? this.#fewest);
    this.#splitter.pass(lines);
  }

  end(): void {
    this.#splitter.end();
    const refusal = this.#damage ?? this.#plan?.refusal ?? this.#splitter.refusal;
    if (refusal != null) throw refusal;
    if (this.#plan === null) throw this.#failure('FILE_DAMAGED', saying('fileIsEmpty', {}), null);
    if (this.#format.trailer !== undefined && this.#trailerLine === null) {
      throw this.#failure('FILE_DAMAGED', saying('noTrailer', {}), null);
    }
  }

  readonly #takeRow = (cells: readonly string[], line: number, ended: boolean): void => {
    if (isBlank(cells)) return;
    if (line === 1 && namesSeparator(cells, this.#format.separator, this.#file)) return;
    if (this.#plan === null) {
      this.#plan = planColumns(cells, this.#format, this.#file, line);
      if (this.#plan.drift !== null) this.#remark('header', this.#plan.drift);
      if (this.#plan.isHeaderless !== true) this.#header = cells;
      if (this.#header !== null) return;
    }
    if (this.#trailerLine !== null) this.#damaged(saying('lineAfterTrailer', {}), line);
    if (this.#format.trailer !== undefined && cells[0]?.startsWith(this.#format.trailer.prefix)) {
      this.#takeTrailer(cells, this.#format.trailer, line);
      return;
    }
    this.#count++;
    if (this.#format.types === undefined) this.#takeRecord(cells, this.#plan, {}, line, ended);
    else this.#takeTyped(cells, this.#format.types, line, ended);
  };

  #takeTyped(cells: readonly string[], types: DelimitedTypes, line: number, ended: boolean): void {
    const type = cells[types.field]?.trim() ?? '';
    const plan = this.#plans.get(type);
    if (plan === undefined) this.#refuseRow(UNKNOWN_TYPE, line);
    else this.#takeRecord(cells, plan, { type }, line, ended);
  }

  #takeRecord(
    cells: readonly string[],
    plan: ColumnPlan,
    about: { readonly type?: string },
    line: number,
    ended: boolean,
  ): void {
    const fault = isHeaderAgain(cells, this.#header)
      ? saying('headerAgain', {})
      : plan.faultOf(cells);
    if (fault !== null || cells.length !== plan.width || this.#isSpoilt) this.#odd++;
    if (!ended) this.#refuseCut(cells.length, fault, plan, line);
    if (fault !== null) {
      const isOfOtherWidth = cells.length !== plan.width && ++this.#told <= MOST_READ;
      const readings = isOfOtherWidth ? plan.readings(cells) : [];
      this.#refuseRow(fault, line, { ...about, readings });
      return;
    }
    if (about.type === undefined) this.#fewest = Math.min(this.#fewest, cells.length);
    this.#read.records.push({ line, values: plan.values(cells), ...about });
  }

  /** Where reading goes on all the same, the header tells by which sign the file is separated. */
  #adapt(text: string): void {
    const [line = ''] = text.replaceAll(this.#format.quote, '').trimStart().split(/\r?\n/, 1);
    const separator = otherSeparator(line, this.#format);
    if (separator === null) return;
    this.#damage = this.#failure('FILE_LAYOUT', saying('separatedBy', { separator }), 1);
    this.#format = { ...this.#format, separator };
    this.#splitter = new RowSplitter(this.#format, this.#file, this.#takeRow);
  }

  /** Good UTF-8 whose letters were spoilt before it was written; told once. */
  #noteEncoding(text: string): void {
    if (this.#isSpoilt || !/Ã[¤¥¶„…–]|\uFFFD/.test(text)) return;
    this.#isSpoilt = true;
    this.#remark('encoding', saying('spoiltLetters', {}));
  }

  #remark(field: string, what: Saying): void {
    const file = this.#file;
    const said = saying('ofFile', { file, what });
    const place = { file, line: null, field };
    this.#read.remarks.push(new RefusedFailure('FILE_DRIFT', said, { place }).toProblem());
  }

  #refuseRow(what: Saying, line: number, about: Omit<RowFault, 'failure'> = {}): void {
    this.#read.faults.push({ failure: recordFailure(what, this.#file, line), ...about });
  }

  /** A last line without end that is shorter than all others has lost what is missing. */
  #refuseCut(found: number, fault: Saying | null, { width }: ColumnPlan, line: number): void {
    if (found >= width || (fault === null && found >= this.#fewest)) return;
    const text = saying('lineCutOff', { found, width });
    throw this.#failure('FILE_DAMAGED', text, line);
  }

  #takeTrailer(cells: readonly string[], trailer: Trailer, line: number): void {
    this.#trailerLine = line;
    if (trailer.count === undefined) return;
    const stated = cells[trailer.count]?.trim() ?? '';
    if (/^\d{1,12}$/.test(stated) && Number(stated) === this.#count) return;
    this.#damaged(saying('trailerCount', { count: this.#count }), line);
  }

  #damaged(what: Saying, line: number): void {
    const damage = this.#failure('FILE_DAMAGED', what, line);
    if (this.#format.goesOn !== true) throw damage;
    this.#damage ??= damage;
  }

  #failure(code: 'FILE_DAMAGED' | 'FILE_LAYOUT', what: Saying, line: number | null): Error {
    return fileFailure(code, what, this.#file, line);
  }
}
