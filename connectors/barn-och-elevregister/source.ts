import {
  Failure,
  type Files,
  InvalidFailure,
  type Json,
  openFiles,
  type RecordBatch,
  type Source,
  type Surroundings,
} from '../../core/plugin.ts';
import { type Batch, batchNames, markersOf, readMarker, verified } from './batch.ts';
import { readProperties } from './batch-properties.ts';
import { checkpointAfter, checkpointOf, chooseBatch, type ReadyBatch } from './choose-batch.ts';
import { CSV_FILES } from './csv-files.ts';
import { readBatch } from './read-batch.ts';

export interface SourceOptions {
  /** A batch that has been taken in moves to `archive/`. */
  readonly archive: boolean;
  /** The files are fetched once, so that what was verified is what is read. */
  readonly isRemote: boolean;
}

/** Reads the register's batches, one in each read; see FORMAT.md. */
export class RegisterSource implements Source {
  readonly #files: Files;
  readonly #options: SourceOptions;
  readonly #surroundings: Surroundings;
  readonly #fetched: string[] = [];
  #local: Files | null = null;
  /** The newest batch that has been read: it and what is older may go to the archive. */
  #newest: string | null = null;

  constructor(files: Files, options: SourceOptions, surroundings: Surroundings) {
    this.#files = files;
    this.#options = options;
    this.#surroundings = surroundings;
  }

  async *read(since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    const checkpoint = checkpointOf(since);
    this.#newest = checkpoint?.batch ?? null;
    const prepare = (batch: Batch) => this.#prepare(batch, signal);
    const { log } = this.#surroundings;
    const ready = await chooseBatch(this.#files, checkpoint, prepare, log);
    if (ready === null) return;
    yield* readBatch(ready, checkpointAfter(ready, checkpoint), signal);
    this.#newest = ready.batch.name;
  }

  /** By the markers alone; one that was read before lies there still where nothing is archived. */
  async news(since: Json): Promise<string | null> {
    const checkpoint = checkpointOf(since);
    const { archive } = this.#options;
    const fresh = (await markersOf(this.#files)).filter(({ name }) => {
      const last = (name.endsWith('-delta') ? checkpoint?.batch : checkpoint?.full) ?? '';
      return name > last || (archive && name === last);
    });
    return fresh.length === 0 ? null : fresh.map(({ mark }) => mark).join('\n');
  }

  /**
   * A batch's files move before its marker: as long as the marker lies there, the next run finds
   * what a crash left behind, and its checkpoint keeps it from reading the batch again.
   */
  async accepted(): Promise<void> {
    if (!this.#options.archive || this.#newest === null) return;
    const newest = this.#newest;
    const names = await batchNames(this.#files);
    for (const name of names.filter((one) => one <= newest)) await this.#archive(name);
  }

  async purge(before: string): Promise<number> {
    const archived = await this.#archived();
    const old = archived.filter(({ name }) => /^\d{4}-\d\d-\d\d-/.test(name) && name < before);
    for (const { name } of old) await this.#files.remove(`archive/${name}`);
    return old.length;
  }

  /** No archive yet is an empty one. */
  async #archived(): Promise<readonly { readonly name: string }[]> {
    try {
      return await this.#files.list('archive');
    } catch (failure) {
      if (failure instanceof Failure && failure.code === 'FILE_MISSING') return [];
      throw failure;
    }
  }

  async close(): Promise<void> {
    for (const name of this.#fetched.splice(0)) await this.#local?.remove(name);
    await this.#files.close();
  }

  /** Nothing is yielded before every file is what the marker says it is. */
  async #prepare(batch: Batch, signal: AbortSignal): Promise<ReadyBatch> {
    checkWhole(batch);
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
    const text = `${xml} calls itself ${properties.mode}, its name says ${batch.mode}`;
    throw new InvalidFailure('FILE_LAYOUT', text, { place });
  }

  async #fetch(batch: Batch, signal: AbortSignal): Promise<Files> {
    const { scratch } = this.#surroundings;
    this.#local ??= await openFiles({ folder: scratch }, this.#surroundings);
    for (const file of batch.files) {
      this.#fetched.push(file.name);
      await this.#local.put(file.name, verified(this.#files.read(file.name), file, signal));
    }
    return this.#local;
  }

  async #archive(name: string): Promise<void> {
    const day = new Date(this.#surroundings.now()).toISOString().slice(0, 10);
    const move = async (file: string): Promise<void> => {
      if (await this.#files.exists(file)) await this.#files.move(file, `archive/${day}-${file}`);
    };
    for (const file of await this.#filesOf(name)) await move(file);
    await move(`${name}.done`);
  }

  /** A marker that cannot be read names nothing that could be moved. */
  async #filesOf(name: string): Promise<readonly string[]> {
    try {
      return (await readMarker(this.#files, name)).files.map((file) => file.name);
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      this.#surroundings.log.warn({ batch: name, code: failure.code }, 'an unreadable marker');
      return [];
    }
  }
}

/** Every batch has its XML file, and a full one all of the others too. */
function checkWhole({ name, mode, files, marker }: Batch): void {
  const csv = CSV_FILES.map(({ suffix }) => `${name}-${suffix}.csv`);
  const needed = [`${name}.xml`, ...(mode === 'full' ? csv : [])];
  const absent = needed.find((one) => !files.some((file) => file.name === one));
  if (absent === undefined) return;
  const place = { file: marker, line: null, field: null };
  throw new InvalidFailure('FILE_MISSING', `${marker} does not name ${absent}`, { place });
}
