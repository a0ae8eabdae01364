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
