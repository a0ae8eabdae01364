import { hash } from 'node:crypto';

/** How many bytes tell one record from all others. */
export const DIGEST_BYTES = 16;
/** How many bytes a print has. */
export const PRINT_BYTES = 24;
const [ORDER_AT, PLACE_AT, PARTS_AT, MAPPING_AT, FLAGS_AT] = [16, 20, 21, 22, 23];
const [CLEANED, NAMED] = [1, 2];
/** Numbers of one byte. A record that makes more is not known again. */
const MOST = 255;

/** One of the parts that a record made, as a print says it. */
export interface PrintedMaking {
  /** Its place among the prints that are kept of its stream. */
  readonly part: number;
  /** The part's number in the order of its delivery. */
  readonly order: number;
  /** Its place among the parts of its record, from 0. */
  readonly place: number;
  /** How many parts the record made; 0: it is not to be known again. */
  readonly parts: number;
  /** Which of the stream's mappings made it. */
  readonly mapping: number;
  /** Texts of the record were not in their canonical spelling. */
  readonly isCleaned: boolean;
  /** No external id is in the record but those of its parts. */
  readonly isNamed: boolean;
}

/**
 * The digest of a record as it came, under the rules by which it is read: a text with one character
 * for each byte, which costs a third of a buffer.
 */
export function digestOfRecord(rules: string, text: string): string {
  return hash('sha256', rules + text, 'binary').slice(0, DIGEST_BYTES);
}

/** What a print says beside the digest: that of a part among many, one after the other. */
export function makingOf(prints: Uint8Array, part: number): PrintedMaking {
  const at = part * PRINT_BYTES;
  const flags = prints[at + FLAGS_AT] ?? 0;
  return {
    part,
    order: fourBytes(prints, at + ORDER_AT) >>> 0,
    place: prints[at + PLACE_AT] ?? 0,
    parts: prints[at + PARTS_AT] ?? 0,
    mapping: prints[at + MAPPING_AT] ?? 0,
    isCleaned: (flags & CLEANED) !== 0,
    isNamed: (flags & NAMED) !== 0,
  };
}

/** A whole number of four bytes, the lowest first. */
export function fourBytes(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | high;
}

/** The prints of the parts that one record makes; they count once all of them are made. */
export class RecordPrint {
  readonly #digest: string;
  readonly #prints: Buffer[] = [];
  #isSpoilt = false;

  constructor(digest: string) {
    this.#digest = digest;
  }

  /** The print of the next part. */
  next(mapping: number, order: number): Uint8Array {
    const print = Buffer.alloc(PRINT_BYTES);
    print.write(this.#digest, 'binary');
    print.writeUInt32LE(order, ORDER_AT);
    print[PLACE_AT] = Math.min(this.#prints.length, MOST);
    print[MAPPING_AT] = Math.min(mapping, MOST);
    if (mapping > MOST) this.spoil();
    this.#prints.push(print);
    return print;
  }

  /** The record must be heard whenever it comes. */
  spoil(): void {
    this.#isSpoilt = true;
  }

  /** All parts of the record are made: from here on it may be known again. */
  end({ isCleaned, isNamed }: Pick<PrintedMaking, 'isCleaned' | 'isNamed'>): void {
    const parts = this.#prints.length;
    if (this.#isSpoilt || parts > MOST) return;
    for (const print of this.#prints) {
      print[PARTS_AT] = parts;
      print[FLAGS_AT] = (isCleaned ? CLEANED : 0) | (isNamed ? NAMED : 0);
    }
  }
}
