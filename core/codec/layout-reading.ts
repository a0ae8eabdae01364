import type { RecordFault, SourceRecord } from '../connector/connector.ts';
import { RefusedFailure } from '../failure/failure.ts';
import { compileDateFormat } from '../message/date-format.ts';
import type { Trouble } from '../message/message.ts';
import { type DelimitedBatch, type DelimitedRecord, readDelimited } from './delimited.ts';
import { readFixedWidth } from './fixed-width.ts';
import type { StreamLayout } from './layout.ts';

/** Records of one file, in the shape of the plug-in contract. */
export interface LayoutBatch {
  readonly records: readonly SourceRecord[];
  readonly faults: readonly RecordFault[];
  readonly remarks: readonly Trouble[];
}

/**
 * Reads a file as its layout declares: dates become `YYYY-MM-DD`, deletions are marked, dropped
 * columns are gone. Throws as the codec of its format does.
 */
export async function* readLayoutFile(
  bytes: AsyncIterable<Uint8Array>,
  layout: StreamLayout,
  file: string,
): AsyncGenerator<LayoutBatch> {
  const dates = layout.columns
    .filter((column) => column.type === 'date' && column.drop !== true)
    .map(({ name, date }) => ({ name, read: readerOf(date ?? 'yyyy-MM-dd'), date }));
  for await (const batch of openBatches(bytes, layout, file)) {
    const records: SourceRecord[] = [];
    const faults: RecordFault[] = batch.faults.map((failure) => ({ failure }));
    for (const record of batch.records) {
      const values: Record<string, string> = { ...record.values };
      const bad = badDate(values, dates);
      if (bad === undefined) records.push(sourceRecord(values, record.line, layout, file));
      else faults.push({ failure: dateFailure(bad, record, file) });
    }
    yield { records, faults, remarks: batch.remarks ?? [] };
  }
}

/** Empty stays empty; a form that is none was refused when the layout was checked. */
function readerOf(format: string): (text: string) => string | null {
  const parse = compileDateFormat(format) ?? (() => null);
  return (text) => (text.trim() === '' ? '' : parse(text));
}

interface DateColumn {
  readonly name: string;
  readonly date: string | undefined;
  readonly read: (text: string) => string | null;
}

function openBatches(
  bytes: AsyncIterable<Uint8Array>,
  layout: StreamLayout,
  file: string,
): AsyncIterable<DelimitedBatch> {
  const encoding = layout.encoding ?? 'utf-8';
  if (layout.format === 'fixed') {
    const { header = false, extraColumns = 'refuse' } = layout;
    return readFixedWidth(bytes, { ...layout, encoding, extraColumns, header }, file);
  }
  const { separator = ';', quote = '"', header = true, extraColumns = 'refuse' } = layout;
  return readDelimited(
    bytes,
    { ...layout, encoding, extraColumns, separator, quote, header },
    file,
  );
}

/** Rewrites the date columns in place; the first that holds no date is answered. */
function badDate(
  values: Record<string, string>,
  columns: readonly DateColumn[],
): DateColumn | undefined {
  return columns.find(({ name, read }) => {
    const text = values[name];
    if (text === undefined) return false;
    const date = read(text);
    if (date !== null) values[name] = date;
    return date === null;
  });
}

function sourceRecord(
  value: Record<string, string>,
  line: number,
  layout: StreamLayout,
  file: string,
): SourceRecord {
  const deleted = layout.deleted;
  const isDeleted = deleted !== undefined && value[deleted.column] === deleted.value;
  return { operation: isDeleted ? 'delete' : 'upsert', value, file, line };
}

function dateFailure(column: DateColumn, record: DelimitedRecord, file: string): RefusedFailure {
  const expected = column.date ?? 'yyyy-MM-dd';
  const text = `${file}, line ${record.line}: ${column.name} is not a date written as ${expected}`;
  const place = { file, line: record.line, field: column.name };
  return new RefusedFailure('RECORD_INVALID', text, { place });
}
