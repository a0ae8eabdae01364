import {
  type RecordBatch,
  type RecordFault,
  RefusedFailure,
  readDelimited,
  readXmlRecords,
  type SourceRecord,
  saying,
  type XmlElement,
} from '../../core/plugin.ts';
import { type BatchFile, checkCount, verified } from './batch.ts';
import type { ReadyBatch } from './choose-batch.ts';
import { CSV_FILES, type CsvFile, csvFormat } from './csv-files.ts';
import { Gathering } from './gathering.ts';
import { idOf, type ReadElement } from './ims-element.ts';
import { readGroup } from './ims-group.ts';
import { type MembershipContext, readMembership } from './ims-membership.ts';
import { readPerson } from './ims-person.ts';
import { lookAhead } from './look-ahead.ts';
import { MembershipPieces } from './membership-pieces.ts';

/** The streams that the XML file gives, all of them. */
const IMS_STREAMS = [
  'organisation',
  'person',
  'enrolment',
  'group',
  'group-membership',
  'placement',
] as const;

const IMS_ELEMENTS = new Set(['person', 'group', 'membership']);

/** Every stream of a batch in turn. Bytes are verified as they are read; the checkpoint is last. */
export async function* readBatch(
  ready: ReadyBatch,
  end: Pick<RecordBatch, 'checkpoint' | 'more'>,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch> {
  const { until: asOf } = ready.properties;
  let held: RecordBatch | null = null;
  try {
    for (const file of ready.batch.files) {
      for await (const batch of readFile(ready, file, signal)) {
        if (held !== null) yield held;
        held = { ...batch, asOf };
      }
    }
  } catch (failure) {
    if (held !== null) yield held;
    throw failure;
  }
  if (held !== null) yield { ...held, ...end };
}

function readFile(
  ready: ReadyBatch,
  file: BatchFile,
  signal: AbortSignal,
): AsyncIterable<RecordBatch> {
  const bytes = () => verified(ready.files.read(file.name), file, signal);
  const { name, mode } = ready.batch;
  if (file.name === `${name}.xml`) return readIms(bytes, file, mode);
  const csv = CSV_FILES.find(({ suffix }) => file.name === `${name}-${suffix}.csv`);
  return csv === undefined ? nothing() : readCsv(bytes(), file, csv, mode);
}

/** A file that this format does not know. */
async function* nothing(): AsyncGenerator<RecordBatch> {}

async function* readIms(
  bytes: () => AsyncIterable<Uint8Array>,
  file: BatchFile,
  mode: RecordBatch['mode'],
): AsyncGenerator<RecordBatch> {
  const { groups, pieces } = await lookAhead(bytes(), file.name);
  const context = { file: file.name, mode, groups };
  const joining = new MembershipPieces(pieces);
  const gathering = new Gathering(mode, file.name);
  const format = { file: file.name, root: 'enterprise', records: IMS_ELEMENTS };
  let count = 0;
  try {
    for await (const elements of readXmlRecords(bytes(), format)) {
      for (const element of elements) {
        const read = readElement(element, context);
        const isMembership = element.name === 'membership';
        gathering.add(isMembership ? joining.take(idOf(element), read) : read);
        if (gathering.isFull()) yield* gathering.take();
      }
      count += elements.length;
    }
  } catch (failure) {
    // Whoever is called protected before the damage is to be heard.
    yield* gathering.take();
    throw failure;
  }
  yield* gathering.take();
  checkCount(file, count);
  for (const stream of IMS_STREAMS) yield endOf(stream, mode);
}

function readElement(element: XmlElement, context: MembershipContext): ReadElement {
  if (element.name === 'person') return readPerson(element, context.file);
  if (element.name === 'group') return readGroup(element, context.file);
  return readMembership(element, context);
}

async function* readCsv(
  bytes: AsyncIterable<Uint8Array>,
  file: BatchFile,
  { stream, columns }: CsvFile,
  mode: RecordBatch['mode'],
): AsyncGenerator<RecordBatch> {
  const id = columns[0] ?? '';
  let count = 0;
  for await (const rows of readDelimited(bytes, csvFormat(columns, mode), file.name)) {
    count += rows.records.length + rows.faults.length;
    const records: SourceRecord[] = [];
    const faults: RecordFault[] = rows.faults.map(({ failure }) => ({ failure }));
    for (const { line, values } of rows.records) {
      const { recstatus = '', ...value } = values;
      const fault = faultOfRow(file.name, line, recstatus, id, value[id] ?? '');
      if (fault !== null) faults.push(fault);
      else records.push({ operation: operationOf(recstatus), value, file: file.name, line });
    }
    const { remarks = [] } = rows;
    yield { stream, mode, records, faults, remarks, last: false, checkpoint: null };
  }
  checkCount(file, count);
  yield endOf(stream, mode);
}

function operationOf(recstatus: string): SourceRecord['operation'] {
  return recstatus === '3' ? 'delete' : 'upsert';
}

const RECSTATUS_RULE = saying('noneOf', { values: ['1', '2', '3'] });

function faultOfRow(
  file: string,
  line: number,
  recstatus: string,
  idColumn: string,
  id: string,
): RecordFault | null {
  const isKnown = ['', '1', '2', '3'].includes(recstatus);
  if (isKnown && id !== '') return null;
  const [field, rule] =
    id === '' ? [idColumn, saying('isEmpty', {})] : ['recstatus', RECSTATUS_RULE];
  const place = { file, line, field };
  const what = saying('fieldIs', { field, what: rule });
  const said = saying('atLine', { file, line: String(line), what });
  const failure = new RefusedFailure('RECORD_INVALID', said, { place });
  return id === '' ? { failure } : { failure, externalId: id };
}

function endOf(stream: string, mode: RecordBatch['mode']): RecordBatch {
  return { stream, mode, records: [], faults: [], last: true, checkpoint: null };
}
