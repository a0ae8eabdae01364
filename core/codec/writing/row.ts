import { compileWrittenDate } from '../../message/date-format.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { LayoutColumn } from '../layout/layout.ts';
import type { WriteRules } from '../layout/write-rules.ts';

/** How a stream's file is written. */
export interface RowForm {
  /** The line that names the columns, the head of a document, or nothing. */
  readonly head: string;
  /** The line or the element of a record; of a column that it lacks, an empty value or nothing. */
  row(record: JsonObject): string;
  /** What ends a file with so many records, or nothing. */
  trailer(records: number): string;
}

/** What is written of a record in a column. A column that is dropped where it is read is empty. */
export function compileText(column: LayoutColumn, rules: WriteRules) {
  const { lineBreaks = 'space', listSeparator = ',' } = rules;
  const { name, type, date = 'yyyy-MM-dd', drop } = column;
  const sayDate = type === 'date' ? compileWrittenDate(date) : (text: string) => text;
  return (record: JsonObject): string => {
    const value: Json | undefined = drop === true ? '' : record[name];
    const one = Array.isArray(value) ? value.join(listSeparator) : String(value ?? '');
    const text = one === '' ? '' : sayDate(one);
    return lineBreaks === 'keep' ? text : text.replaceAll(/[\r\n]+/g, ' ');
  };
}

export function lineEndOf({ lineEnd = 'crlf' }: WriteRules): '\r\n' | '\n' {
  return lineEnd === 'crlf' ? '\r\n' : '\n';
}
