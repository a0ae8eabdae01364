import { compileWrittenDate } from '../../message/date-format.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import { formatDelimited } from '../delimited.ts';
import type { DelimitedLayout, FixedLayout, LayoutColumn } from '../layout/layout.ts';
import type { WriteRules } from './write-rules.ts';

/** A stream whose records can be written as lines. */
export type LinesLayout = DelimitedLayout | FixedLayout;

/** How the lines of a stream's file are written. */
export interface RowForm {
  /** The line that names the columns, or nothing. */
  readonly head: string;
  /** The line of a record; of a column that it lacks, an empty value. */
  row(record: JsonObject): string;
  /** The line that ends a file with so many records, or nothing. */
  trailer(records: number): string;
}

/** Compiles the form of a layout that has no faults. Values are as the layout's schema has them. */
export function compileRowForm(layout: LinesLayout, rules: WriteRules): RowForm {
  return layout.format === 'fixed' ? fixedForm(layout, rules) : delimitedForm(layout, rules);
}

function delimitedForm(layout: DelimitedLayout, rules: WriteRules): RowForm {
  const { separator = ';', columns, trailer, recordType, quote = '"' } = layout;
  const lineEnd = lineEndOf(rules);
  const line = (cells: readonly string[]) =>
    quote === ''
      ? cells.join(separator) + lineEnd
      : formatDelimited([cells], { separator, lineEnd });
  const texts = columns.map((column) => compileText(column, rules));
  const names = columns.map(({ name }) => name);
  return {
    head: (layout.header ?? recordType === undefined) ? line(names) : '',
    row: (record) => {
      const cells = texts.map((text) => text(record));
      if (recordType !== undefined) cells[recordType.field] = recordType.value;
      return line(cells);
    },
    trailer: (records) => {
      if (trailer === undefined) return '';
      const cells = new Array<string>((trailer.count ?? 0) + 1).fill('');
      if (trailer.count !== undefined) cells[trailer.count] = String(records);
      cells[0] = trailer.count === 0 ? `${trailer.prefix}${records}` : trailer.prefix;
      return line(cells);
    },
  };
}

function fixedForm(layout: FixedLayout, rules: WriteRules): RowForm {
  const { columns, trailer, recordType } = layout;
  const lineEnd = lineEndOf(rules);
  const texts = columns.map((column) => ({ ...column, text: compileText(column, rules) }));
  const heading = columns.map((column) => ({ ...column, value: column.name }));
  return {
    head: layout.header === true ? lineOf(heading) + lineEnd : '',
    row: (record) => {
      const type = recordType === undefined ? [] : [recordType];
      const values = texts.map((column) => ({ ...column, value: column.text(record) }));
      return lineOf([...type, ...values]) + lineEnd;
    },
    trailer: (records) => {
      if (trailer === undefined) return '';
      const prefix = { start: 1, width: trailer.prefix.length, value: trailer.prefix };
      const { count } = trailer;
      if (count === undefined) return trailer.prefix + lineEnd;
      const value = String(records).padStart(count.width, '0');
      return lineOf([prefix, { ...count, value }]) + lineEnd;
    },
  };
}

interface Cell {
  readonly start: number;
  readonly width: number;
  readonly value: string;
}

/** Values at their places, in any order, with spaces around them. */
function lineOf(cells: readonly Cell[]): string {
  let line = '';
  for (const { start, width, value } of [...cells].sort((a, b) => a.start - b.start)) {
    line = line.padEnd(start - 1) + value.slice(0, width).padEnd(width);
  }
  return line;
}

function lineEndOf({ lineEnd = 'crlf' }: WriteRules): '\r\n' | '\n' {
  return lineEnd === 'crlf' ? '\r\n' : '\n';
}

/** What is written of a record in a column. A column that is dropped where it is read is empty. */
function compileText(column: LayoutColumn, { lineBreaks = 'space' }: WriteRules) {
  const { name, type, date = 'yyyy-MM-dd', drop } = column;
  const sayDate = type === 'date' ? compileWrittenDate(date) : (text: string) => text;
  return (record: JsonObject): string => {
    const value: Json | undefined = drop === true ? '' : record[name];
    const text = value === undefined || value === null ? '' : sayDate(String(value));
    return lineBreaks === 'keep' ? text : text.replaceAll(/[\r\n]+/g, ' ');
  };
}
