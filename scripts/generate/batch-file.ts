import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

const FLUSH_CHARACTERS = 65_536;

/** One file of a batch: written in pieces with back-pressure, hashed and counted on the way. */
export class BatchFile {
  readonly name: string;
  readonly #stream: WriteStream;
  readonly #hash = createHash('sha256');
  #buffer = '';
  #bytes = 0;
  #lines = 1;
  records = 0;

  constructor(folder: string, name: string) {
    this.name = name;
    this.#stream = createWriteStream(join(folder, name));
  }

  /** The line that the next text begins on. */
  get line(): number {
    return this.#lines;
  }

  /** Adds text with whole lines. */
  async write(text: string): Promise<void> {
    for (const character of text) if (character === '\n') this.#lines += 1;
    this.#buffer += text;
    if (this.#buffer.length >= FLUSH_CHARACTERS) await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#buffer);
    this.#buffer = '';
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    if (!this.#stream.write(bytes)) await once(this.#stream, 'drain');
  }

  /** Ends the file; answers its line of the marker. */
  async end(): Promise<string> {
    await this.#flush();
    this.#stream.end();
    await finished(this.#stream);
    return `${this.#hash.digest('hex')} ${this.#bytes} ${this.records} ${this.name}`;
  }
}
