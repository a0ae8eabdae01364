import Papa from 'papaparse';
import { saying } from '../failure/saying.ts';
import { longRowFault, MAX_ROW_CHARACTERS, type Quoting } from './long-row.ts';
import { fileFailure, PIECE_BYTES } from './text-decoding.ts';

/** Takes one row: its cells, its first line from 1, and whether a line break ended it. */
export type TakeRow = (cells: readonly string[], line: number, ended: boolean) => void;

/** How rows are told apart. */
interface RowFormat extends Quoting {
  /** What follows broken quotes is given line by line, whose quotes mean nothing: see `refusal`. */
  readonly goesOn?: boolean;
}

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
  readonly #take: TakeRow;
  readonly #quote: string;
  #format: RowFormat;
  #parser: Papa.Parser;
  /** Cells of the last row that stood on one line. */
  #width = 0;
  #carry = '';
  /** Characters to wait for before a long row is tried again: else long rows cost their square. */
  #wait = 0;
  #line = 1;
  /** Why the file is damaged, where rows are given all the same. */
  refusal: Error | null = null;

  constructor(format: RowFormat, file: string, take: TakeRow) {
    this.#file = file;
    this.#quote = format.quote;
    this.#format = format;
    this.#take = take;
    this.#parser = parserOf(format);
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
    const fault = this.#takeRows(more);
    if (fault === null) return;
    if (this.#format.goesOn !== true || this.refusal !== null) throw fault;
    this.refusal = fault;
    this.#format = { ...this.#format, quote: '' };
    this.#parser = parserOf(this.#format);
    this.#split(more);
  }

  /** Takes all rows of the text until now, or those before one whose quotes are no quotes. */
  #takeRows(more: boolean): Error | null {
    if (this.#carry.length > 2 * PIECE_BYTES) {
      const fault = longRowFault(this.#carry, this.#format, this.#file, this.#line);
      if (fault !== null) return fault;
    }
    const rows = rowsIn(this.#parser, this.#carry, more);
    const bad = badRow(rows, more);
    const quoted = this.#format.quote !== '' && this.#carry.includes(this.#format.quote);
    // The last of several rows at the end of the file may be the emptiness after a line break.
    const ended = more || this.#carry.endsWith('\n');
    for (const [index, cells] of rows.data.entries()) {
      if (index === bad) return this.#badQuotes(index, 'quotesOpen');
      dropCarriageReturn(cells);
      const breaks = quoted ? breaksIn(cells) : 0;
      if (breaks > 0 && this.#areRows(cells)) return this.#badQuotes(index, 'quotedRows');
      if (breaks === 0) this.#width = cells.length;
      const isPlain = this.refusal !== null;
      const meant = isPlain ? cells.map((cell) => this.#withoutQuotes(cell)) : cells;
      this.#take(meant, this.#line, ended || index < rows.data.length - 1);
      this.#line += 1 + breaks;
    }
    this.#carry = more ? this.#carry.slice(rows.meta.cursor) : '';
    return null;
  }

  /** A quote that nobody meant begins a value, and the next one ends it: rows stand between. */
  #areRows(cells: readonly string[]): boolean {
    const { separator } = this.#format;
    if (this.#width < FEWEST_CELLS) return false;
    const lines = cells.join(separator).split('\n');
    // In one of them a separator more may be quoted.
    return lines.every((line) => line.split(separator).length >= this.#width);
  }

  /** A value as it is meant, whose quotes were not looked at. */
  #withoutQuotes(cell: string): string {
    const quote = this.#quote;
    const from = cell.startsWith(quote) ? quote.length : 0;
    const to = cell.length > from && cell.endsWith(quote) ? -quote.length : undefined;
    return cell.slice(from, to).replaceAll(quote + quote, quote);
  }

  /** The text goes on with the row whose quotes are meant. */
  #badQuotes(row: number, what: 'quotesOpen' | 'quotedRows'): Error {
    const before = row === 0 ? null : parserOf(this.#format, row);
    const from = before === null ? 0 : rowsIn(before, this.#carry, true).meta.cursor;
    this.#carry = this.#carry.slice(from);
    const hint = saying('quotesHint', {});
    return fileFailure('FILE_DAMAGED', saying(what, {}), this.#file, this.#line, hint);
  }
}

/** In narrower rows, a separator in a text of several lines may be one of its own. */
const FEWEST_CELLS = 3;

/** `most`: it stops behind so many rows. */
function parserOf({ separator, quote }: Quoting, most?: number): Papa.Parser {
  return new Papa.Parser({
    delimiter: separator,
    newline: '\n',
    ...(most === undefined ? {} : { preview: most }),
    ...(quote === '' ? { fastMode: true } : { quoteChar: quote }),
  });
}

function rowsIn(parser: Papa.Parser, text: string, more: boolean): PapaRows {
  // SAFETY: the parser's type says any; this is the shape that it builds, held by the tests.
  return parser.parse(text, 0, more) as PapaRows;
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
