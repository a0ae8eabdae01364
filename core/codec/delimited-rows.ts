import type { RefusedFailure } from '../failure/failure.ts';
import { isFormula } from '../message/canonical-text.ts';
import type { Problem } from '../message/message.ts';
import type { MarkedLines } from './known-lines.ts';

/** `''` is an empty cell; a column that the file does not have is an absent key. */
export interface DelimitedRecord {
  /** Line on which the record begins, from 1. */
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
  /** Where the file has several. */
  readonly type?: string;
}

/** A line that is no record of the layout, in place of the record. */
export interface RowFault {
  readonly failure: RefusedFailure;
  /** Of a row that is too long or too short: what its cells may say, in each way. */
  readonly readings?: readonly Readonly<Record<string, string>>[];
  /** Where the file has several. */
  readonly type?: string;
}

export interface DelimitedBatch {
  readonly records: readonly DelimitedRecord[];
  readonly faults: readonly RowFault[];
  /** What is odd about the file and keeps nothing from being read. */
  readonly remarks?: readonly Problem[];
  /** Blocks of lines in it that may be known the next time. */
  readonly blocks?: readonly MarkedLines[];
}

/** How `formatDelimited` writes. */
export interface DelimitedStyle {
  /** The sign between two values. */
  readonly separator: string;
  /** The end of each row. */
  readonly lineEnd: '\r\n' | '\n';
  /**
   * For files that people open: a value that a spreadsheet would run as a formula gets an
   * apostrophe before it.
   */
  readonly spreadsheet?: boolean;
}

/**
 * Rows as delimited text (RFC 4180), each row ended; quotes where a value needs them. Line breaks
 * inside values are kept in quotes: guard against them where the reader does not take them.
 */
export function formatDelimited(rows: Iterable<readonly string[]>, style: DelimitedStyle): string {
  const format = compileDelimitedRow(style);
  let text = '';
  for (const row of rows) text += format(row);
  return text;
}

/** The same row by row, for whoever writes many. */
export function compileDelimitedRow(style: DelimitedStyle): (row: readonly string[]) => string {
  const needsQuotes = new RegExp(`["\\r\\n]|^\\s|\\s$|${RegExp.escape(style.separator)}`);
  return (row) => {
    let text = '';
    for (let index = 0; index < row.length; index++) {
      const cell = row[index] ?? '';
      const value = style.spreadsheet === true && isFormula(cell) ? `'${cell}` : cell;
      if (index > 0) text += style.separator;
      text += needsQuotes.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    }
    return text + style.lineEnd;
  };
}
