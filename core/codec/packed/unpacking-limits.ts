import type { InvalidFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';
import { fileFailure } from '../text-decoding.ts';

const MEGABYTE = 1_000_000;
/** A file that is unpacked in memory. */
const MOST_PACKED = 256 * MEGABYTE;
const MOST_UNPACKED = 4000 * MEGABYTE;
/** Rows of padding are packed to a fiftieth of their size; nothing but an attack to less. */
const MOST_RATIO = 200;
/** Below it a ratio says nothing. */
const ALWAYS_ALLOWED = MEGABYTE;

/** Counts what a packed file holds, and what comes out of it. */
export class UnpackingLimits {
  readonly #file: string;
  #packed = 0;
  #unpacked = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** More packed bytes were read. */
  takeIn(bytes: number): void {
    this.#packed += bytes;
  }

  /** The same, where all of them are held in memory. Throws FILE_UNSAFE beyond 256 MB. */
  keep(bytes: number): void {
    this.takeIn(bytes);
    if (this.#packed > MOST_PACKED) throw this.#unsafe(saying('packedLarge', {}));
  }

  /** More bytes came out. Throws FILE_UNSAFE beyond 4 GB, or 200 times what was read. */
  takeOut(bytes: number): void {
    this.#unpacked += bytes;
    if (this.#unpacked > MOST_UNPACKED) throw this.#unsafe(saying('unpacksLarge', {}));
    if (this.#unpacked <= ALWAYS_ALLOWED) return;
    if (this.#unpacked > MOST_RATIO * this.#packed) {
      throw this.#unsafe(saying('unpacksTimes', { times: MOST_RATIO }));
    }
  }

  #unsafe(what: Saying): InvalidFailure {
    return fileFailure('FILE_UNSAFE', what, this.#file, null);
  }
}
