import { InvalidFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Bytes, Files } from '../../files/files.ts';
import { jsonIn } from '../../message/digest.ts';
import type { Picture } from './differences.ts';

/** The last set that was sent: kept as `last.json`. */
interface Sent {
  readonly number: number;
  /** The periods that are closed. */
  readonly periods: readonly string[];
  /** Names in the order in which they are put in place. */
  readonly files: readonly string[];
  /** Whether all of them have been put in place. */
  readonly isPlaced: boolean;
}

/** A file of a set that is to be sent. */
export interface SentFile {
  readonly name: string;
  readonly bytes: () => Bytes;
}

const PICTURE = 'picture.ndjson';
const NOTHING: Sent = { number: 0, periods: [], files: [], isPlaced: true };

/**
 * What was sent to an outbox: each set byte for byte under its number, and what was known of each
 * record then. A set counts once it is kept here whole: after a crash, that very set is put in
 * place again, under the same number, before another one is made.
 */
export class History {
  readonly #files: Files;
  readonly #folder: string;
  readonly #outbox: string;
  #last: Sent;

  private constructor(files: Files, folder: string, outbox: string, last: Sent) {
    this.#files = files;
    this.#folder = folder;
    this.#outbox = outbox;
    this.#last = last;
  }

  /** Opens what is kept in a folder of what was sent to an outbox (`''`: the binding's folder). */
  static async open(files: Files, folder: string, outbox: string): Promise<History> {
    const file = `${folder}/last.json`;
    const last: Sent = (await files.exists(file))
      ? kept(await text(files, file), file, 'number')
      : NOTHING;
    const history = new History(files, folder, outbox, last);
    if (!last.isPlaced) await history.#place();
    return history;
  }

  /** The number of the next set, from 1. */
  get nextNumber(): number {
    return this.#last.number + 1;
  }

  get periods(): readonly string[] {
    return this.#last.periods;
  }

  /** What the last set left behind. */
  async picture(): Promise<Picture> {
    if (this.#last.number === 0) return new Map();
    const file = `${this.#keptIn()}/${PICTURE}`;
    const lines = (await text(this.#files, file)).split('\n');
    return new Map(
      lines.flatMap((line) => (line === '' ? [] : [kept<[string, string]>(line, file, 1)])),
    );
  }

  /** Keeps a set under the next number, and puts its files in place in their order. */
  async send(
    sent: readonly SentFile[],
    picture: Picture,
    periods: readonly string[],
  ): Promise<void> {
    const folder = this.#keptIn(this.nextNumber);
    for (const { name, bytes } of sent) await this.#files.put(`${folder}/${name}`, bytes());
    await this.#files.put(`${folder}/${PICTURE}`, linesOf(picture));
    const closed = [...new Set([...this.#last.periods, ...periods])].sort();
    const files = sent.map(({ name }) => name);
    await this.#note({ number: this.nextNumber, periods: closed, files, isPlaced: false });
    await this.#place();
  }

  /** Removes the sets that were sent before the last so many. */
  async forgetBefore(kept: number): Promise<void> {
    for (let number = this.#last.number - kept; number > 0; number--) {
      const folder = this.#keptIn(number);
      const found = await this.#files.list(folder).catch(() => []);
      if (found.length === 0) return;
      for (const { name } of found) await this.#files.remove(`${folder}/${name}`);
    }
  }

  async #place(): Promise<void> {
    const outbox = this.#outbox === '' ? '' : `${this.#outbox}/`;
    for (const name of this.#last.files) {
      await this.#files.put(outbox + name, this.#files.read(`${this.#keptIn()}/${name}`));
    }
    await this.#note({ ...this.#last, isPlaced: true });
  }

  async #note(last: Sent): Promise<void> {
    await this.#files.put(`${this.#folder}/last.json`, [Buffer.from(`${JSON.stringify(last)}\n`)]);
    this.#last = last;
  }

  #keptIn(number = this.#last.number): string {
    return `${this.#folder}/${String(number).padStart(6, '0')}`;
  }
}

/**
 * What was kept, as JSON that has this field. Throws InvalidFailure FILE_DAMAGED where it is none:
 * what the receiver has is not known then, and nothing is sent.
 */
export function kept<T>(json: string, file: string, field: string | number): T {
  const value = jsonIn(json);
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, field)) {
    // SAFETY: the hub alone writes it, whole or not at all.
    return value as T;
  }
  throw new InvalidFailure('FILE_DAMAGED', saying('historySpoilt', { file }), {
    place: { file, line: null, field: null },
    hint: saying('historyHint', { file }),
  });
}

async function text(files: Files, path: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of files.read(path)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function* linesOf(picture: Picture): Generator<Uint8Array> {
  for (const entry of picture) yield Buffer.from(`${JSON.stringify(entry)}\n`);
}
