import { hash } from 'node:crypto';

/** Words of 32 bits: of a key's digest, of the hash of the object that has it, of both. */
const KEY = 4;
const OBJECT = 2;
const SLOT = KEY + OBJECT;
const FIRST_SLOTS = 1024;

/**
 * Keys, each with the hash of the object that has it: 24 bytes in a slot, outside the heap. As
 * texts they took more than all else that a plan remembers. 128 bits of SHA-256 tell one key from
 * another, 48 bits of the hash one object from another of the same key.
 */
export class PackedKeys {
  #slots = new Uint32Array(FIRST_SLOTS * SLOT);
  /** Slots that bear a key, of which some were given back. */
  #used = 0;
  #held = 0;

  get size(): number {
    return this.#held;
  }

  has(key: string): boolean {
    return this.#isHeld(this.#find(wordsOf(key)));
  }

  /** Takes a key that is free; tells who has it otherwise: the same object, or another. */
  claim(key: string, objectHash: string): 'free' | 'same' | 'other' {
    const words = wordsOf(key);
    const at = this.#find(words);
    if (!this.#isHeld(at)) {
      this.#write(at, words, objectHash);
      return 'free';
    }
    const [first, second] = objectWords(objectHash);
    const isSame = this.#slots[at + KEY] === first && this.#slots[at + KEY + 1] === second;
    return isSame ? 'same' : 'other';
  }

  /** Gives a key to this object, whoever has it. */
  put(key: string, objectHash: string): void {
    const words = wordsOf(key);
    this.#write(this.#find(words), words, objectHash);
  }

  delete(key: string): void {
    const at = this.#find(wordsOf(key));
    if (!this.#isHeld(at)) return;
    // The key stays in its slot: others may have been put behind it.
    this.#slots.fill(0, at + KEY, at + SLOT);
    this.#held -= 1;
  }

  #isHeld(at: number): boolean {
    return this.#slots[at + KEY] !== 0;
  }

  /** Where a key stands, or would stand. */
  #find(words: ArrayLike<number>): number {
    const slots = this.#slots;
    let at = ((words[0] ?? 0) % (slots.length / SLOT)) * SLOT;
    while (!isKey(slots, at, words) && !isEmpty(slots, at)) at = (at + SLOT) % slots.length;
    return at;
  }

  #write(at: number, words: ArrayLike<number>, objectHash: string): void {
    if (isEmpty(this.#slots, at)) this.#used += 1;
    if (!this.#isHeld(at)) this.#held += 1;
    this.#slots.set(words, at);
    this.#slots.set(objectWords(objectHash), at + KEY);
    // Two thirds full, what is looked for is found after two slots on average.
    if (this.#used * SLOT * 3 > this.#slots.length * 2) this.#grow();
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    this.#used = 0;
    for (let from = 0; from < before.length; from += SLOT) {
      if (before[from + KEY] === 0) continue;
      const slot = before.subarray(from, from + SLOT);
      this.#slots.set(slot, this.#find(slot));
      this.#used += 1;
    }
  }
}

function isKey(slots: Uint32Array, at: number, words: ArrayLike<number>): boolean {
  for (let word = 0; word < KEY; word++) if (slots[at + word] !== words[word]) return false;
  return true;
}

function isEmpty(slots: Uint32Array, at: number): boolean {
  for (let word = 0; word < KEY; word++) if (slots[at + word] !== 0) return false;
  return true;
}

function wordsOf(key: string): readonly number[] {
  const bytes = hash('sha256', key, 'latin1');
  return [0, 4, 8, 12].map((from) => wordAt(bytes, from));
}

/** Never zero, also of an object whose hash is not known: zero is a key that nobody has. */
function objectWords(objectHash: string): readonly [number, number] {
  return [(wordAt(objectHash, 0) | HELD) >>> 0, wordAt(objectHash, 4)];
}

/** A bit that no letter of a hash has. */
const HELD = 0x8000_0000;

/** Four characters of one byte each; those after the end count for nothing. */
function wordAt(text: string, from: number): number {
  const byte = (at: number) => text.charCodeAt(from + at);
  return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
}
