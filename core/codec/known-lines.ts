import { createHash } from 'node:crypto';
import { lineBlocks } from './line-blocks.ts';
import { PIECE_BYTES, type TextPieces } from './text-decoding.ts';

/** Blocks of lines by the digests of their bytes, and what is known of them. */
export interface KnownLines {
  /** All that decides what lines mean, beside their columns. */
  readonly salt: string;
  has(digest: string): boolean;
  /** Takes a block as if its records had been yielded just now; null: they must be read. */
  pass(digest: string): Promise<{ readonly records: number } | null>;
}

/** A block of lines that was read. */
export interface MarkedLines {
  readonly digest: string;
  /** Its first line, from 1. */
  readonly line: number;
  readonly lines: number;
  readonly records: number;
}

/** Where a reader of rows stands between two of them. */
export interface RowPlace {
  /** Line of what comes next. */
  readonly line: number;
  /** Rows until here, and how many of them were odd. */
  readonly records: number;
  readonly odd: number;
  /** The columns of what comes. */
  readonly columns: string;
}

/** Reads rows one after the other. */
export interface RowReader {
  push(text: string): void;
  place(): RowPlace | null;
  /** So many records on so many lines come, and are not read. */
  pass(records: number, lines: number): void;
  /** A block of what was read is one that may be known the next time. */
  mark(block: MarkedLines): void;
}

/**
 * Reads a text block by block, without those that are known; all others are marked, unless
 * something in them is odd, or they do not begin and end with a row. After each step what was read
 * is to be taken; what is left at the end is the reader's.
 */
export async function* readLineBlocks(
  bytes: AsyncIterable<Uint8Array>,
  text: TextPieces,
  reader: RowReader,
  known: KnownLines,
): AsyncGenerator<void> {
  // The first block is given by itself: then it is known which columns there are.
  let size = PIECE_BYTES;
  for await (const block of lineBlocks(bytes)) {
    const place = text.isAtRest && block.isEnded ? reader.place() : null;
    const digest = place === null ? '' : digestOf(known.salt, place.columns, block.bytes);
    if (place !== null && known.has(digest)) {
      // What came before it is noted before it.
      yield;
      size = 0;
      const passed = await known.pass(digest);
      if (passed !== null) {
        reader.pass(passed.records, block.lines);
        text.pass(block.bytes.length, block.lines);
        continue;
      }
    }
    for (let from = 0; from < block.bytes.length; from += PIECE_BYTES) {
      reader.push(text.push(block.bytes.subarray(from, from + PIECE_BYTES)));
      text.check();
    }
    const mark = place === null || !text.isAtRest ? null : markOf(place, reader.place(), digest);
    if (mark?.lines === block.lines) reader.mark(mark);
    size += block.bytes.length;
    if (size < PIECE_BYTES) continue;
    yield;
    size = 0;
  }
  reader.push(text.end());
  text.check();
}

function markOf(before: RowPlace, after: RowPlace | null, digest: string): MarkedLines | null {
  if (after === null || after.odd !== before.odd) return null;
  const { line } = before;
  return { digest, line, lines: after.line - line, records: after.records - before.records };
}

function digestOf(salt: string, columns: string, bytes: Uint8Array): string {
  const hash = createHash('sha256').update(`${salt.length} ${salt}${columns}\n`);
  return hash.update(bytes).digest('base64url').slice(0, DIGEST_CHARACTERS);
}

/** 132 bits. */
const DIGEST_CHARACTERS = 22;
