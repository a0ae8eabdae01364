/** Some lines of a file, one after the other. */
export interface LineBlock {
  readonly bytes: Uint8Array;
  /** Line breaks in it. */
  readonly lines: number;
  /** Its last line has an end. */
  readonly isEnded: boolean;
}

const LINE_FEED = 10;
/** How much of a line's beginning says whether a block begins with it. */
const MOST_READ = 64;
/** A block has so many lines on average, as a power of two. */
const LINES_BITS = 5;
/** And this at most: where all lines begin alike, or each is long. */
const MOST_LINES = 256;
const MOST_BYTES = 32_768;
/** A line that is longer is given in pieces. */
const MOST_WAITING = 65_536;

/**
 * Cuts a text into blocks of lines, where a line's own beginning says so: a line more or less moves no
 * cut but its own. All encodings that write a line feed as one byte of 10.
 */
export async function* lineBlocks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<LineBlock> {
  let waiting: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const all = Buffer.concat([waiting, chunk]);
    let [from, start, lines] = [0, 0, 0];
    for (;;) {
      const end = all.indexOf(LINE_FEED, start);
      if (end === -1) break;
      const isFull = lines >= MOST_LINES || start - from >= MOST_BYTES;
      if (start > from && (isFull || isCut(all, start, end))) {
        yield { bytes: all.subarray(from, start), lines, isEnded: true };
        [from, lines] = [start, 0];
      }
      start = end + 1;
      lines += 1;
    }
    if (all.length - from > MOST_WAITING) {
      yield { bytes: all.subarray(from), lines, isEnded: start === all.length };
      from = all.length;
    }
    waiting = all.subarray(from);
  }
  if (waiting.length === 0) return;
  let lines = 0;
  for (const byte of waiting) if (byte === LINE_FEED) lines += 1;
  yield { bytes: waiting, lines, isEnded: waiting.at(-1) === LINE_FEED };
}

function isCut(bytes: Uint8Array, start: number, end: number): boolean {
  const last = Math.min(end, start + MOST_READ);
  let hash = 0;
  for (let at = start; at < last; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  // The low bits of such a hash are those of the last sign: all of them are mixed.
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash >>> (32 - LINES_BITS) === 0;
}
