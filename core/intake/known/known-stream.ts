import { hash } from 'node:crypto';
import type { PrintedParts } from '../../store/intake-store.ts';
import {
  DIGEST_BYTES,
  fourBytes,
  makingOf,
  PRINT_BYTES,
  type PrintedMaking,
} from './record-print.ts';

/** A record that made parts which are kept as it made them. */
export interface KnownRecord {
  /** Numbers of its parts in the store, in the order in which it made them. */
  readonly numbers: readonly number[];
  readonly makings: readonly PrintedMaking[];
}

/** Several records that made what is kept, one after the other. */
export interface SealedParts extends KnownRecord {
  readonly seal: string;
}

/** Characters of a seal: 132 bits. */
export const SEAL_LENGTH = 22;
const NUMBER_BYTES = 4;
const NONE = -1;
const FIRST_SIZE = 1024;

/**
 * The records that made the parts of one stream, by their digests: about fifty bytes for each part,
 * beside the heap of JavaScript.
 */
export class KnownStream {
  /** Of each part its print, its number in the store, and the part before it in its slot. */
  #prints = new Uint8Array(FIRST_SIZE * PRINT_BYTES);
  #numbers = new Uint32Array(FIRST_SIZE);
  #before = new Int32Array(FIRST_SIZE);
  /** The last part of each slot; as many slots as parts, at least. */
  #slots = new Int32Array(FIRST_SIZE).fill(NONE);
  #size = 0;

  add({ numbers, prints }: PrintedParts): void {
    const first = this.#size;
    this.#size += numbers.length;
    if (this.#size > this.#numbers.length) this.#grow(first);
    this.#prints.set(prints, first * PRINT_BYTES);
    this.#numbers.set(numbers, first);
    for (let part = first; part < this.#size; part++) this.#enter(part);
  }

  /** The record of that digest, where all of its parts are kept. */
  find(digest: string): KnownRecord | null {
    const found: PrintedMaking[] = [];
    const slot = slotOfText(digest, this.#slots.length);
    for (let part = this.#slots[slot] ?? NONE; part !== NONE; part = this.#before[part] ?? NONE) {
      if (this.#isOf(part, digest)) found.push(makingOf(this.#prints, part));
    }
    if (found.length !== found[0]?.parts) return null;
    if (found.length > 1) found.sort((a, b) => a.place - b.place);
    if (found.some(({ place }, at) => place !== at)) return null;
    return { makings: found, numbers: found.map(({ part }) => this.#numbers[part] ?? 0) };
  }

  /**
   * Parts by their numbers, and a seal over these and all that their prints say: while it is the
   * same, the same records make them. Null where one of them is not kept as a record made it.
   */
  sealed(numbers: readonly number[]): SealedParts | null {
    const width = PRINT_BYTES + NUMBER_BYTES;
    const bytes = Buffer.allocUnsafe(numbers.length * width);
    const makings: PrintedMaking[] = [];
    for (const [index, number] of numbers.entries()) {
      const part = this.#partOf(number);
      if (part === NONE) return null;
      const [to, from] = [index * width, part * PRINT_BYTES];
      bytes.writeUInt32LE(number, to + PRINT_BYTES);
      for (let at = 0; at < PRINT_BYTES; at++) bytes[to + at] = this.#prints[from + at] ?? 0;
      makings.push(makingOf(this.#prints, part));
    }
    return { numbers, makings, seal: hash('sha256', bytes, 'base64url').slice(0, SEAL_LENGTH) };
  }

  /** Parts come in the order of their numbers: where they did not, some are not found. */
  #partOf(number: number): number {
    let [low, high] = [0, this.#size - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = this.#numbers[middle] ?? 0;
      if (found === number) return middle;
      if (found < number) low = middle + 1;
      else high = middle - 1;
    }
    return NONE;
  }

  #isOf(part: number, digest: string): boolean {
    const from = part * PRINT_BYTES;
    for (let at = 0; at < DIGEST_BYTES; at++) {
      if (this.#prints[from + at] !== digest.charCodeAt(at)) return false;
    }
    return true;
  }

  #enter(part: number): void {
    const slot = slotOf(this.#prints, part * PRINT_BYTES, this.#slots.length);
    this.#before[part] = this.#slots[slot] ?? NONE;
    this.#slots[slot] = part;
  }

  /** Room for all; so many of them are entered anew. */
  #grow(entered: number): void {
    let size = this.#numbers.length;
    while (size < this.#size) size *= 2;
    const [prints, numbers] = [new Uint8Array(size * PRINT_BYTES), new Uint32Array(size)];
    prints.set(this.#prints);
    numbers.set(this.#numbers);
    this.#prints = prints;
    this.#numbers = numbers;
    this.#before = new Int32Array(size);
    this.#slots = new Int32Array(size).fill(NONE);
    for (let part = 0; part < entered; part++) this.#enter(part);
  }
}

/** Sizes are powers of two. */
function slotOf(bytes: Uint8Array, at: number, size: number): number {
  return fourBytes(bytes, at) & (size - 1);
}

function slotOfText(text: string, size: number): number {
  const high = (text.charCodeAt(2) << 16) | (text.charCodeAt(3) << 24);
  return (text.charCodeAt(0) | (text.charCodeAt(1) << 8) | high) & (size - 1);
}
