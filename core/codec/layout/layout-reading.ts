import type { RecordFault, SourceRecord } from '../../connector/connector.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import type { JsonObject, Problem } from '../../message/message.ts';
import { type DelimitedBatch, type DelimitedRecord, readDelimited } from '../delimited.ts';
import { readFixedWidth } from '../fixed-width.ts';
import { type BadColumn, compileColumnChecks } from './column-checks.ts';
import type { StreamLayout } from './layout.ts';

/** Records of one file, in the shape of the plug-in contract. */
export interface LayoutBatch {
  readonly records: readonly SourceRecord[];
  readonly faults: readonly RecordFault[];
  readonly remarks: readonly Problem[];
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
  const badColumn = compileColumnChecks(layout.columns);
  for await (const batch of openBatches(bytes, layout, file)) {
    const records: SourceRecord[] = [];
    const faults: RecordFault[] = batch.faults.map((failure) => ({ failure }));
    for (const record of batch.records) {
      const values: Record<string, string> = { ...record.values };
      const bad = badColumn(values);
      if (bad === null) records.push(sourceRecord(values, record.line, layout, file));
      else faults.push({ failure: columnFailure(bad, record, file), value: without(bad, values) });
    }
    yield { records, faults, remarks: batch.remarks ?? [] };
  }
}

function without({ name }: BadColumn, values: Record<string, string>): JsonObject {
  const { [name]: _bad, ...rest } = values;
  return rest;
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
  const { separator = ';', quote = '"', header = true } = layout;
  const { extraColumns = 'refuse' } = layout;
  const format = { ...layout, encoding, extraColumns, separator, quote, header };
  return readDelimited(bytes, format, file);
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

function columnFailure(bad: BadColumn, { line }: DelimitedRecord, file: string): RefusedFailure {
  const place = { file, line, field: bad.name };
  const text = `${file}, line ${line}: ${bad.name} ${bad.text}`;
  return new RefusedFailure('RECORD_INVALID', text, { place });
}
