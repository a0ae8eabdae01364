import Papa from 'papaparse';
import { saying } from '../failure/saying.ts';
import { checkLongRow, MAX_ROW_CHARACTERS, type Quoting } from './long-row.ts';
import { fileFailure, PIECE_BYTES } from './text-decoding.ts';

/** Takes one row: its cells, its first line from 1, and whether a line break ended it. */
export type TakeRow = (cells: readonly string[], line: number, ended: boolean) => void;

interface PapaRows {
  readonly data: string[][];
  readonly errors: readonly { readonly code?: string; readonly row?: number }[];
  readonly meta: { readonly cursor: number };
}

/**
 * Splits text into rows and counts lines, also through quoted line breaks. The text is handed to
 * papaparse in pieces: its streaming mode calls back for every row, at half the speed.
 */
export class RowSplitter {
  readonly #file: string;
  readonly #format: Quoting;
  readonly #take: TakeRow;
  readonly #parser: Papa.Parser;
  #carry = '';
  /** Characters to wait for before a long row is tried again: else long rows cost their square. */
  #wait = 0;
  #line = 1;

  constructor(format: Quoting, file: string, take: TakeRow) {
    this.#file = file;
    this.#format = format;
    this.#take = take;
    this.#parser = new Papa.Parser({
      delimiter: format.separator,
      newline: '\n',
      ...(format.quote === '' ? { fastMode: true } : { quoteChar: format.quote }),
    });
  }

  /** Line of what comes next, where no row has begun; else null. */
  get nextLine(): number | null {
    return this.#carry === '' ? this.#line : null;
  }

  /** Whole rows on so many lines come, and are not split. */
  pass(lines: number): void {
    this.#line += lines;
  }

  push(text: string): void {
    this.#carry += text;
    if (this.#carry.length < this.#wait) return;
    this.#split(true);
    this.#wait = this.#carry.length > PIECE_BYTES ? 2 * this.#carry.length : 0;
    if (this.#carry.length > MAX_ROW_CHARACTERS) {
      throw fileFailure('FILE_UNSAFE', saying('longLine', {}), this.#file, this.#line);
    }
    this.#wait = Math.min(this.#wait, MAX_ROW_CHARACTERS + 1);
  }

  end(): void {
    if (this.#carry !== '') this.#split(false);
  }

  #split(more: boolean): void {
    if (this.#carry.length > 2 * PIECE_BYTES) {
      checkLongRow(this.#carry, this.#format, this.#file, this.#line);
    }
    // SAFETY: the parser's type says any; this is the shape that it builds, held by the tests.
    const rows = this.#parser.parse(this.#carry, 0, more) as PapaRows;
    const bad = badRow(rows, more);
    const quoted = this.#format.quote !== '' && this.#carry.includes(this.#format.quote);
    // The last of several rows at the end of the file may be the emptiness after a line break.
    const ended = more || this.#carry.endsWith('\n');
    for (const [index, cells] of rows.data.entries()) {
      if (index === bad) break;
      dropCarriageReturn(cells);
      this.#take(cells, this.#line, ended || index < rows.data.length - 1);
      this.#line += quoted ? 1 + breaksIn(cells) : 1;
    }
    if (bad !== null) throw this.#badQuotes();
    this.#carry = more ? this.#carry.slice(rows.meta.cursor) : '';
  }

  #badQuotes(): Error {
    return fileFailure('FILE_DAMAGED', saying('quotesOpen', {}), this.#file, this.#line);
  }
}

/**
 * The first row with broken quotes, or null. One fault in a row whose end is yet to come is none.
 */
function badRow(rows: PapaRows, more: boolean): number | null {
  const row = rows.errors[0]?.row;
  if (row === undefined) return null;
  return more && row === rows.data.length && rows.errors.length === 1 ? null : row;
}

function dropCarriageReturn(cells: string[]): void {
  const last = cells.length - 1;
  const cell = cells[last];
  if (cell?.endsWith('\r')) cells[last] = cell.slice(0, -1);
}

function breaksIn(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count++;
  }
  return count;
}

/** A line without anything, or with nothing but separators, as spreadsheets leave them behind. */
export function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell === '') || (cells.length === 1 && cells[0]?.trim() === '');
}
