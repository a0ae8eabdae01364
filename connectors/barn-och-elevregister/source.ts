import {
  type Context,
  type Files,
  InvalidFailure,
  type Json,
  openFiles,
  type RecordBatch,
  type Source,
  saying,
} from '../../core/plugin.ts';
import { archive, purgeArchive } from './archive.ts';
import { type Batch, markersOf, readMarker, verified } from './batch.ts';
import { readProperties } from './batch-properties.ts';
import { checkpointAfter, checkpointOf, isSettled, type LyingBatch } from './checkpoint.ts';
import { chooseBatch, judge, lyingBatches, type ReadyBatch } from './choose-batch.ts';
import { CSV_FILES } from './csv-files.ts';
import { readBatch } from './read-batch.ts';
import { unreadOf } from './unread.ts';

export interface SourceOptions {
  /** A batch that has been taken in moves to `archive/`. */
  readonly archive: boolean;
  /** The files are fetched once, so that what was verified is what is read. */
  readonly isRemote: boolean;
}

/** Reads the register's batches, one in each read, and says whether more are to be read; see FORMAT.md. */
export class RegisterSource implements Source {
  readonly #files: Files;
  readonly #options: SourceOptions;
  readonly #context: Context;
  readonly #fetched: string[] = [];
  #local: Files | null = null;
  /** What lay there at the last read and is done with: it may go to the archive. */
  #settled: readonly LyingBatch[] = [];
  readonly #tried = new Set<string>();
  /** The batch that was read to its end. */
  #given = '';

  constructor(files: Files, options: SourceOptions, context: Context) {
    this.#files = files;
    this.#options = options;
    this.#context = context;
  }

  async *read(since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    const now = this.#context.now();
    const before = checkpointOf(since, now);
    const lying = await lyingBatches(this.#files, before);
    this.#settled = lying.filter((one) => before !== null && isSettled(one, before));
    const prepare = (one: LyingBatch) => {
      this.#tried.add(one.name);
      return this.#prepare(one, signal);
    };
    const ready = await chooseBatch(lying, { checkpoint: before, now }, prepare);
    if (ready === null) return;
    const checkpoint = checkpointAfter(ready.batch, ready.properties, lying, before, now);
    const more = lying.some((one) => judge(one, { checkpoint, now }) === 'due');
    yield* readBatch(ready, { checkpoint: { ...checkpoint }, more }, signal);
    this.#given = ready.batch.name;
    this.#settled = lying.filter((one) => isSettled(one, checkpoint));
  }

  /** By the markers alone; one that was read before lies there still where nothing is archived. */
  async fingerprint(since: Json): Promise<string | null> {
    const checkpoint = checkpointOf(since, this.#context.now());
    const { archive: isArchiving } = this.#options;
    const fresh = (await markersOf(this.#files)).filter(({ name }) => {
      if (isArchiving || checkpoint === null) return true;
      if (checkpoint.settled !== null) return !Object.hasOwn(checkpoint.settled, name);
      return name > (name.endsWith('-delta') ? checkpoint.batch : checkpoint.full);
    });
    return fresh.length === 0 ? null : fresh.map(({ mark }) => mark).join('\n');
  }

  async unread(since: Json) {
    const now = this.#context.now();
    const checkpoint = checkpointOf(since, now);
    const lying = await lyingBatches(this.#files, checkpoint);
    const unread = await unreadOf(this.#files, lying, { checkpoint, now }, this.#tried);
    return unread.map((failure) => failure.toProblem());
  }

  async *waiting(since: Json, signal: AbortSignal) {
    const now = this.#context.now();
    const checkpoint = checkpointOf(since, now);
    for (const one of await lyingBatches(this.#files, checkpoint)) {
      const verdict = judge(one, { checkpoint, now });
      const isWaiting = verdict === 'due' || (verdict !== 'settled' && one.batch !== null);
      if (isWaiting && one.name !== this.#given) yield this.#readWaiting(one, signal);
    }
  }

  async accepted(): Promise<void> {
    if (!this.#options.archive) return;
    const day = new Date(this.#context.now()).toISOString().slice(0, 10);
    for (const one of this.#settled) await archive(this.#files, one, day);
  }

  purge(before: string): Promise<number> {
    return purgeArchive(this.#files, before);
  }

  async close(): Promise<void> {
    for (const name of this.#fetched.splice(0)) await this.#local?.remove(name);
    await this.#files.close();
  }

  async *#readWaiting(one: LyingBatch, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    const ready = await this.#prepare(one, signal);
    yield* readBatch(ready, { checkpoint: null }, signal);
  }

  /** Nothing is yielded before every file is what the marker says it is. */
  async #prepare(one: LyingBatch, signal: AbortSignal): Promise<ReadyBatch> {
    const batch = one.batch ?? (await readMarker(this.#files, one.name));
    checkWhole(batch, await this.#files.list(''));
    const files = this.#options.isRemote ? await this.#fetch(batch, signal) : this.#files;
    if (!this.#options.isRemote) {
      for (const file of batch.files) {
        for await (const _ of verified(files.read(file.name), file, signal));
      }
    }
    const xml = `${batch.name}.xml`;
    const properties = await readProperties(files.read(xml), xml);
    if (properties.mode === batch.mode) return { batch, properties, files };
    const place = { file: xml, line: null, field: 'properties' };
    const { mode } = properties;
    const said = saying('callsItself', { file: xml, mode, named: batch.mode });
    throw new InvalidFailure('FILE_LAYOUT', said, { place });
  }

  async #fetch(batch: Batch, signal: AbortSignal): Promise<Files> {
    const { scratch } = this.#context;
    this.#local ??= await openFiles({ folder: scratch }, this.#context);
    for (const file of batch.files) {
      this.#fetched.push(file.name);
      await this.#local.put(file.name, verified(this.#files.read(file.name), file, signal));
    }
    return this.#local;
  }
}

/**
 * Every batch has its XML file, and a full one all of the others too. What lies there of a delta is
 * named: else its marker is being written still.
 */
function checkWhole(
  { name, mode, files, marker }: Batch,
  lying: readonly { readonly name: string }[],
): void {
  const csv = CSV_FILES.map(({ suffix }) => `${name}-${suffix}.csv`);
  const own = csv.filter((one) => mode === 'full' || lying.some((file) => file.name === one));
  const absent = [`${name}.xml`, ...own].find((one) => !files.some((file) => file.name === one));
  if (absent === undefined) return;
  const place = { file: marker, line: null, field: null };
  throw new InvalidFailure('FILE_MISSING', saying('notNamedBy', { marker, file: absent }), {
    place,
  });
}
