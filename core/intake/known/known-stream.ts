import type { PrintedPart } from '../../store/intake-store.ts';
import { DIGEST_BYTES, fourBytes, makingOf, type PrintedMaking } from './record-print.ts';

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
  #prints = new Uint8Array(0);
  #printBytes = 0;
  #numbers = new Uint32Array(FIRST_SIZE);
  #before = new Int32Array(FIRST_SIZE);
  /** The last part of each slot; as many slots as parts, at least. */
  #slots = new Int32Array(FIRST_SIZE).fill(NONE);
  #size = 0;

  add({ number, print }: PrintedPart): void {
    if (this.#printBytes === 0) this.#printBytes = print.length;
    // Of another form than the others: written by another version.
    if (print.length !== this.#printBytes || makingOf(print).parts === 0) return;
    if (this.#size === this.#numbers.length || this.#prints.length === 0) this.#grow();
    const part = this.#size;
    this.#size += 1;
    this.#prints.set(print, part * this.#printBytes);
    this.#numbers[part] = number;
    this.#enter(part);
  }

  /** The record of that digest, where all of its parts are kept. */
  find(digest: string): KnownRecord | null {
    const found: { number: number; making: PrintedMaking }[] = [];
    const slot = slotOfText(digest, this.#slots.length);
    for (let part = this.#slots[slot] ?? NONE; part !== NONE; part = this.#before[part] ?? NONE) {
      if (!this.#isOf(part, digest)) continue;
      const from = part * this.#printBytes;
      const making = makingOf(this.#prints.subarray(from, from + this.#printBytes));
      found.push({ number: this.#numbers[part] ?? 0, making });
    }
    const [first] = found;
    if (first === undefined || found.length !== first.making.parts) return null;
    if (found.length > 1) found.sort((a, b) => a.making.place - b.making.place);
    if (found.some(({ making }, place) => making.place !== place)) return null;
    return {
      numbers: found.map(({ number }) => number),
      makings: found.map(({ making }) => making),
    };
  }

  #isOf(part: number, digest: string): boolean {
    const from = part * this.#printBytes;
    for (let at = 0; at < DIGEST_BYTES; at++) {
      if (this.#prints[from + at] !== digest.charCodeAt(at)) return false;
    }
    return true;
  }

  #enter(part: number): void {
    const slot = slotOf(this.#prints, part * this.#printBytes, this.#slots.length);
    this.#before[part] = this.#slots[slot] ?? NONE;
    this.#slots[slot] = part;
  }

  #grow(): void {
    const size = this.#prints.length === 0 ? this.#numbers.length : 2 * this.#numbers.length;
    const [prints, numbers] = [new Uint8Array(size * this.#printBytes), new Uint32Array(size)];
    prints.set(this.#prints);
    numbers.set(this.#numbers);
    this.#prints = prints;
    this.#numbers = numbers;
    this.#before = new Int32Array(size);
    this.#slots = new Int32Array(size).fill(NONE);
    for (let part = 0; part < this.#size; part++) this.#enter(part);
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
