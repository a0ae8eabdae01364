import { createHmac, hash } from 'node:crypto';

/** What SHA-256 takes at once. */
const BLOCK_BYTES = 64;
/** Longer texts are seldom hashed. */
const MOST_CHARACTERS = 300;
/** UTF-8 takes no more for one character of JavaScript. */
const MOST_BYTES = 3;

/**
 * HMAC-SHA256 of many short texts under one key (RFC 2104). A first load asks for millions, and an
 * object of Node's for each costs more than the two plain hashes that it stands for.
 */
export class KeyedHash {
  readonly #key: Uint8Array;
  /** The key's inner block, and behind it the text. */
  readonly #inner = Buffer.alloc(BLOCK_BYTES + MOST_CHARACTERS * MOST_BYTES, 0x36);
  /** The key's outer block, and behind it the inner hash. */
  readonly #outer = Buffer.alloc(BLOCK_BYTES + 32, 0x5c);

  constructor(key: Uint8Array) {
    this.#key = key;
    const block = key.length > BLOCK_BYTES ? hash('sha256', key, 'buffer') : key;
    for (const [at, byte] of block.entries()) {
      this.#inner[at] = byte ^ 0x36;
      this.#outer[at] = byte ^ 0x5c;
    }
  }

  /** Hexadecimal. */
  of(text: string): string {
    if (text.length > MOST_CHARACTERS) {
      return createHmac('sha256', this.#key).update(text).digest('hex');
    }
    const end = BLOCK_BYTES + this.#inner.write(text, BLOCK_BYTES);
    const inner = hash('sha256', this.#inner.subarray(0, end), 'binary');
    this.#outer.write(inner, BLOCK_BYTES, 'binary');
    return hash('sha256', this.#outer, 'hex');
  }
}
