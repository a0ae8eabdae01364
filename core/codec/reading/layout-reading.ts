import type { RecordFault, SourceRecord } from '../../connector/connector.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { canonicalText } from '../../message/canonical-text.ts';
import type { JsonObject, Problem } from '../../message/message.ts';
import { Families } from '../forms/families.ts';
import type { FormBatch, FormRecord } from '../forms/form-record.ts';
import { type HowFar, readForm } from '../forms/read-form.ts';
import type { MarkedLines } from '../known-lines.ts';
import { type BadColumn, type CheckColumns, compileColumnChecks } from '../layout/column-checks.ts';
import type { StreamLayout } from '../layout/layout.ts';
import { unpacked } from '../packed/unpacked.ts';

/** Records of one file, in the shape of the plug-in contract. */
export interface LayoutBatch {
  /** Whose records they are. */
  readonly stream: string;
  readonly records: readonly SourceRecord[];
  readonly faults: readonly RecordFault[];
  readonly remarks: readonly Problem[];
  /** Blocks of lines in it that may be known the next time: where a file has one stream. */
  readonly blocks: readonly MarkedLines[];
}

/**
 * Reads a file as its layout declares: dates become `YYYY-MM-DD`, deletions are marked, dropped
 * columns are gone. Throws as the codec of its format does.
 */
export function readLayoutFile(
  bytes: AsyncIterable<Uint8Array>,
  layout: StreamLayout,
  file: string,
): AsyncGenerator<LayoutBatch> {
  return readLayoutStreams(unpacked(bytes, file), new Map([['', layout]]), file);
}

/**
 * The same for a file that holds the records of several streams; each line is read once. The bytes
 * are the file's text, unpacked. With `known`, lines of a delimited file with one stream that are known
 * are not read. Where it `goesOn`, a file that its header or its bytes refuse is read as far as can be
 * told, and then it throws: so words of protection are heard.
 */
export async function* readLayoutStreams(
  text: AsyncIterable<Uint8Array>,
  layouts: ReadonlyMap<string, StreamLayout>,
  file: string,
  { known, goesOn = false }: HowFar = {},
): AsyncGenerator<LayoutBatch> {
  const checks = new Map<string, CheckColumns>();
  for (const [stream, { columns }] of layouts) checks.set(stream, compileColumnChecks(columns));
  const families = new Families(layouts);
  const [first = ''] = layouts.keys();
  const how = layouts.size === 1 ? { known, goesOn } : { goesOn };
  for await (const batch of readForm(text, layouts, file, how)) {
    const read = new Map([...layouts.keys()].map((stream) => [stream, emptyBatch(stream)]));
    for (const step of inOrder(batch)) {
      if ('failure' in step) {
        families.lose();
        const { failure, stream = first, readings = [] } = step;
        const sound = readings.flatMap((values) => soundOf(values, checks.get(stream)));
        const fault = sound.length === 0 ? { failure } : { failure, readings: sound };
        read.get(stream)?.faults.push(fault);
        continue;
      }
      const { stream, line } = step;
      const values: Record<string, string | readonly string[]> = { ...step.values };
      const bad = step.bad ?? checks.get(stream)?.(values) ?? families.join(stream, values);
      const layout = layouts.get(stream);
      const others = (step.others ?? []).flatMap((one) => soundOf(one, checks.get(stream)));
      const also = others.length === 0 ? {} : { others };
      if (bad === null && layout !== undefined) {
        read.get(stream)?.records.push({ ...sourceRecord(values, line, layout, file), ...also });
      } else if (bad !== null) {
        families.lose(stream);
        const failure = columnFailure(bad, line, file);
        const { [bad.name]: unread, ...value } = values;
        const fault = { failure, value };
        const whole = unread === undefined ? fault : { ...fault, unread: { [bad.name]: unread } };
        read.get(stream)?.faults.push(others.length === 0 ? whole : { ...whole, readings: others });
      }
    }
    const { remarks = [], blocks = [] } = batch;
    for (const one of read.values()) {
      const isTelling = one.records.length + one.faults.length > 0;
      if (one.stream === first ? isTelling || remarks.length > 0 : isTelling) {
        yield { ...one, remarks: one.stream === first ? remarks : [], blocks };
      }
    }
  }
}

/** A reading of a row of another width, unless a value of it is none of its column. */
function soundOf(values: FormRecord['values'], check?: CheckColumns): readonly JsonObject[] {
  const read = { ...values };
  return check?.(read) === null ? [read] : [];
}

function emptyBatch(stream: string) {
  const records: SourceRecord[] = [];
  const faults: RecordFault[] = [];
  return { stream, records, faults };
}

/** Records and what is none, as they stand in the file: a child follows its own parent. */
function inOrder({ records, faults }: FormBatch) {
  if (faults.length === 0) return records;
  const broken = faults.map((fault) => ({ ...fault, line: fault.failure.place?.line ?? 0 }));
  return [...records, ...broken].sort((a, b) => a.line - b.line);
}

function sourceRecord(
  value: JsonObject,
  line: number,
  layout: StreamLayout,
  file: string,
): SourceRecord {
  const deleted = layout.deleted;
  const word = deleted === undefined ? undefined : value[deleted.column];
  const isDeleted =
    typeof word === 'string' && canonicalText(word) === canonicalText(deleted?.value ?? '');
  return { operation: isDeleted ? 'delete' : 'upsert', value, file, line };
}

function columnFailure(bad: BadColumn, line: number, file: string): RefusedFailure {
  const place = { file, line, field: bad.name };
  const what = saying('fieldIs', { field: bad.name, what: bad.text });
  const said = saying('atLine', { file, line: String(line), what });
  return new RefusedFailure('RECORD_INVALID', said, { place });
}
