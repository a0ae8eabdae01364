import {
  type DelimitedFormat,
  type Files,
  InvalidFailure,
  type Json,
  openFiles,
  type RecordBatch,
  type RecordFault,
  RefusedFailure,
  readDelimited,
  readXmlRecords,
  type Source,
  type SourceRecord,
  type Surroundings,
  type XmlElement,
} from '../../core/plugin.ts';
import { type Batch, type BatchFile, findBatches, verified } from './batch.ts';
import { CSV_FILES, csvFormat } from './csv-files.ts';
import { IMS_STREAMS, recordsOf, type StreamRecord } from './ims-records.ts';

export interface SourceOptions {
  readonly archive: boolean;
  /** The files are fetched once, so that what was verified is what is read. */
  readonly isRemote: boolean;
}

const XML_RECORDS = new Set(['person', 'group', 'membership']);

/** Reads the register's batches; see FORMAT.md. */
export class RegisterSource implements Source {
  readonly #files: Files;
  readonly #options: SourceOptions;
  readonly #surroundings: Surroundings;
  readonly #read: Batch[] = [];

  constructor(files: Files, options: SourceOptions, surroundings: Surroundings) {
    this.#files = files;
    this.#options = options;
    this.#surroundings = surroundings;
  }

  async *read(since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    for (const batch of await findBatches(this.#files, since)) {
      const local = await this.#fetch(batch, signal);
      for (const file of batch.files) await drain(verified(local.read(file.name), file), signal);
      yield* readBatch(batch, local, signal);
      this.#read.push(batch);
    }
  }

  /**
   * The marker goes first: without it a batch that is half moved is not taken for a new one, and
   * what is left of it is moved by the next run's operator, never read twice.
   */
  async accepted(): Promise<void> {
    if (!this.#options.archive) return;
    const day = new Date(this.#surroundings.now()).toISOString().slice(0, 10);
    for (const { marker, files } of this.#read.splice(0)) {
      for (const name of [marker, ...files.map((file) => file.name)]) {
        await this.#files.move(name, `archive/${day}/${name}`);
      }
    }
  }

  async close(): Promise<void> {
    await this.#files.close();
  }

  async #fetch(batch: Batch, signal: AbortSignal): Promise<Files> {
    if (!this.#options.isRemote) return this.#files;
    const { scratch } = this.#surroundings;
    const local = await openFiles({ folder: scratch }, this.#surroundings);
    for (const { name } of batch.files) {
      signal.throwIfAborted();
      await local.put(name, this.#files.read(name));
    }
    return local;
  }
}

async function drain(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  for await (const _ of bytes) signal.throwIfAborted();
}

/** Every stream of a batch in turn; the checkpoint comes with the last one. */
async function* readBatch(
  batch: Batch,
  files: Files,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch> {
  for (const file of batch.files) {
    signal.throwIfAborted();
    if (file.name.endsWith('.xml')) yield* readIms(batch, file, files, signal);
    else yield* readCsv(batch, file, files, signal);
  }
  const checkpoint = { batch: batch.name, digest: batch.digest };
  const { mode } = batch;
  yield { stream: 'organisation', mode, records: [], faults: [], last: true, checkpoint };
}

async function* readIms(
  { mode }: Batch,
  file: BatchFile,
  files: Files,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch> {
  let count = 0;
  const format = { file: file.name, root: 'enterprise', records: XML_RECORDS };
  for await (const elements of readXmlRecords(files.read(file.name), format)) {
    signal.throwIfAborted();
    count += elements.length;
    for (const [stream, { records, faults }] of byStream(elements, file.name)) {
      yield { stream, mode, records, faults, last: false, checkpoint: null };
    }
  }
  checkCount(file, count);
  for (const stream of IMS_STREAMS) {
    yield { stream, mode, records: [], faults: [], last: true, checkpoint: null };
  }
}

interface Sorted {
  readonly records: SourceRecord[];
  readonly faults: RecordFault[];
}

function byStream(elements: readonly XmlElement[], file: string): ReadonlyMap<string, Sorted> {
  const streams = new Map<string, Sorted>();
  const of = (stream: string): Sorted => {
    const sorted = streams.get(stream) ?? { records: [], faults: [] };
    streams.set(stream, sorted);
    return sorted;
  };
  for (const element of elements) {
    try {
      for (const record of recordsOf(element, file)) {
        of(record.stream).records.push(sourceRecord(record, file));
      }
    } catch (failure) {
      if (!(failure instanceof RefusedFailure)) throw failure;
      of(streamOf(element)).faults.push({ failure });
    }
  }
  return streams;
}

function streamOf({ name }: XmlElement): string {
  return name === 'membership' ? 'group-membership' : name;
}

function sourceRecord({ isDeletion, value, line }: StreamRecord, file: string): SourceRecord {
  return { operation: isDeletion ? 'delete' : 'upsert', value, file, line };
}

async function* readCsv(
  { name, mode }: Batch,
  file: BatchFile,
  files: Files,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch> {
  const declared = CSV_FILES.find((one) => file.name === `${name}-${one.suffix}.csv`);
  if (declared === undefined) return;
  const { stream } = declared;
  const format: DelimitedFormat = csvFormat(declared.columns, mode);
  let count = 0;
  for await (const { records, faults } of readDelimited(files.read(file.name), format, file.name)) {
    signal.throwIfAborted();
    count += records.length + faults.length;
    const read = records.map(({ line, values }): SourceRecord => {
      const { recstatus, ...value } = values;
      return { operation: recstatus === '3' ? 'delete' : 'upsert', value, file: file.name, line };
    });
    const failures = faults.map((failure) => ({ failure }));
    yield { stream, mode, records: read, faults: failures, last: false, checkpoint: null };
  }
  checkCount(file, count);
  yield { stream, mode, records: [], faults: [], last: true, checkpoint: null };
}

function checkCount({ name, records }: BatchFile, count: number): void {
  if (count === records) return;
  const text = `${name} holds ${count} records; its marker promises ${records}`;
  throw new InvalidFailure('FILE_DAMAGED', text, {
    place: { file: name, line: null, field: null },
  });
}
