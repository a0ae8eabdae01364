import { compileDelimitedRow } from '../delimited-rows.ts';
import type { DelimitedLayout, FixedLayout, XmlLayout } from '../layout/layout.ts';
import type { WriteRules } from '../layout/write-rules.ts';
import { compileText, lineEndOf, type RowForm } from './row.ts';
import { elementForm } from './xml-rows.ts';

/** A stream whose records can be written. */
export type WrittenLayout = DelimitedLayout | FixedLayout | XmlLayout;

/**
 * Compiles the form of a layout that has no faults. Values are as the layout's schema has them;
 * `now` is the moment of writing, in epoch milliseconds.
 */
export function compileRowForm(layout: WrittenLayout, rules: WriteRules, now: number): RowForm {
  switch (layout.format) {
    case 'fixed':
      return fixedForm(layout, rules);
    case 'delimited':
      return delimitedForm(layout, rules);
    case 'xml':
      return elementForm(layout, rules, now);
  }
}

function delimitedForm(layout: DelimitedLayout, rules: WriteRules): RowForm {
  const { separator = ';', columns, trailer, recordType, quote = '"', write = {} } = layout;
  const { rows = [] } = write;
  const lineEnd = lineEndOf(rules);
  const { spreadsheet = false } = rules;
  const quoted = compileDelimitedRow({ separator, lineEnd, spreadsheet });
  const bare = (cells: readonly string[]) => cells.join(separator) + lineEnd;
  const line = quote === '' ? bare : quoted;
  const texts = columns.map((column) => compileText(column, rules));
  const names = columns.map(({ name }) => name);
  return {
    head: [...((layout.header ?? recordType === undefined) ? [names] : []), ...rows]
      .map(line)
      .join(''),
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
