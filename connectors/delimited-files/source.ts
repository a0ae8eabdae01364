import {
  type Files,
  type Json,
  type Layout,
  type RecordBatch,
  readLayoutFile,
  type Source,
} from '../../core/plugin.ts';
import { type ChosenFile, checkpointAfter, chooseFiles, freshFiles } from './chosen-files.ts';

/** Reads the files that a layout declares, one stream each, in the layout's order. */
export class LayoutSource implements Source {
  readonly #files: Files;
  readonly #layout: Layout;

  constructor(files: Files, layout: Layout) {
    this.#files = files;
    this.#layout = layout;
  }

  async *read(since: Json, signal: AbortSignal): AsyncGenerator<RecordBatch> {
    const names = (await this.#files.list('')).map(({ name }) => name);
    const chosen = chooseFiles(this.#layout, names, since);
    for (const file of chosen) {
      const checkpoint = file === chosen.at(-1) ? checkpointAfter(since, chosen) : null;
      yield* this.#readFile(file, checkpoint, signal);
    }
  }

  /** A file without a date in its name may be another each time. */
  async news(since: Json): Promise<string | null> {
    const files = await this.#files.list('');
    const fresh = freshFiles(
      this.#layout,
      files.map(({ name }) => name),
      since,
    );
    const lying = files.filter(({ name }) => fresh.some((one) => one.name === name));
    const marks = lying.map(({ name, bytes, modifiedAt }) => `${name} ${bytes} ${modifiedAt}`);
    return marks.length === 0 ? null : marks.join('\n');
  }

  async close(): Promise<void> {
    await this.#files.close();
  }

  async *#readFile(
    { stream, layout, name }: ChosenFile,
    checkpoint: Json,
    signal: AbortSignal,
  ): AsyncGenerator<RecordBatch> {
    const mode = layout.mode ?? 'full';
    signal.throwIfAborted();
    for await (const batch of readLayoutFile(this.#files.read(name), layout, name)) {
      signal.throwIfAborted();
      yield { stream, mode, ...batch, last: false, checkpoint: null };
    }
    yield { stream, mode, records: [], faults: [], last: true, checkpoint };
  }
}
