import { isUtf8 } from 'node:buffer';
import type { FailureCode } from '../failure/catalogue.ts';
import { InvalidFailure, RefusedFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Saying } from '../message/message.ts';
import { begun, decoderOf, type Encoding, neverText, utf8OfUtf16 } from './encodings.ts';

export type { Encoding } from './encodings.ts';

/** Input is worked on in pieces of at most this size, however large the chunks that arrive. */
export const PIECE_BYTES = 65_536;

/** A mark, or plain letters of two bytes each: the first four bytes. */
const UTF_16 = /^(?:fffe|feff|0000feff|(?!00)..00(?!00)..00|00(?!00)..00(?!00)..)/;

/** What is wrong with one record as a whole: `what` goes on after its file and line. */
export function recordFailure(what: string | Saying, file: string, line: number): RefusedFailure {
  const said = saying('atLine', { file, line: String(line), what });
  return new RefusedFailure('RECORD_INVALID', said, { place: { file, line, field: null } });
}

/** A file's failure with its place; `line` is null where the file as a whole is meant. */
export function fileFailure(
  code: FailureCode,
  what: Saying,
  file: string,
  line: number | null,
  hint?: Saying,
): InvalidFailure {
  const said =
    line === null
      ? saying('ofFile', { file, what })
      : saying('atLine', { file, line: String(line), what });
  const place = { file, line, field: null };
  return new InvalidFailure(code, said, hint === undefined ? { place } : { place, hint });
}

/**
 * Decodes a file piece by piece. A UTF-8 byte order mark is dropped, and so is the sign with which
 * DOS ends a file; what stands before it is whole. Throws InvalidFailure with the
 * line: FILE_ENCODING for bytes that the declared encoding does not know, FILE_UNSAFE for NUL,
 * FILE_DAMAGED for a file that ends inside a character; the lines before that are given. Where it
 * `goesOn`, the lines behind it are as well, with another sign for what is no text, and then it throws.
 */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  file: string,
  goesOn = false,
): AsyncGenerator<string> {
  if (encoding === 'utf-16') {
    yield* decodeText(utf8OfUtf16(bytes, file), 'utf-8', file, goesOn);
    return;
  }
  const { start, all } = goesOn ? await begun(bytes) : { start: '', all: bytes };
  if (UTF_16.test(start)) {
    yield* decodeText(all, 'utf-16', file, goesOn);
    throw isUtf16(encoding, file);
  }
  const pieces = new TextPieces(encoding, file, goesOn);
  for await (const chunk of all) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      const text = pieces.push(chunk.subarray(from, from + PIECE_BYTES));
      if (text !== '') yield text;
      if (!goesOn) pieces.check();
    }
  }
  const text = pieces.end();
  if (text !== '') yield text;
  pieces.check();
}

/** A file's text, without what DOS ends it with: what may be that is held back until more comes. */
export class TextPieces {
  readonly #decoder: TextDecoding;
  #end = '';
  #isEnded = true;

  constructor(encoding: Encoding, file: string, goesOn = false) {
    this.#decoder = new TextDecoding(encoding, file, goesOn);
  }

  push(bytes: Uint8Array): string {
    const all = this.#end + this.#decoder.push(bytes);
    this.#end = all.length > MOST_HELD_BACK ? '' : dosEnd(all);
    return this.#before(all);
  }

  /** Throws what refuses the file, once the text before that has been answered. */
  check(): void {
    if (this.#decoder.failure !== null) throw this.#decoder.failure;
  }

  end(): string {
    const last = this.#end + this.#decoder.end();
    this.#end = dosEnd(last);
    const text = this.#before(last);
    return this.#end !== '' && !this.#isEnded ? `${text}\n` : text;
  }

  /** Nothing is held back, so that what comes next is text by itself. */
  get isAtRest(): boolean {
    return this.#end === '' && this.#decoder.isAtRest;
  }

  /** Whole lines that are known to be text come, and are not decoded. */
  pass(bytes: number, lines: number): void {
    this.#decoder.pass(bytes, lines);
    this.#isEnded = true;
  }

  #before(all: string): string {
    const text = all.slice(0, all.length - this.#end.length);
    if (text !== '') this.#isEnded = text.endsWith('\n');
    return text;
  }
}

/** What is longer is no end of a file. */
const MOST_HELD_BACK = 2 * PIECE_BYTES;
const DOS_END = '\x1a';

/** From the first Ctrl-Z behind which a text has nothing more: some fill a block with it. */
function dosEnd(text: string): string {
  let from = text.length;
  while (from > 0 && `${DOS_END}\r\n`.includes(text.charAt(from - 1))) from--;
  const sign = text.indexOf(DOS_END, from);
  return sign === -1 ? '' : text.slice(sign);
}

/** The state of one file's decoding; `decodeText` is the usual way to it. */
class TextDecoding {
  readonly #encoding: Encoding;
  readonly #file: string;
  readonly #goesOn: boolean;
  readonly #decode: (bytes: Buffer) => string;
  #begun = false;
  #line = 1;
  /** Bytes that were decoded. */
  #bytes = 0;
  /** What refuses the file, once the text before that has been answered. */
  failure: InvalidFailure | null = null;
  #pending: Buffer = Buffer.alloc(0);

  constructor(encoding: Encoding, file: string, goesOn: boolean) {
    this.#encoding = encoding;
    this.#file = file;
    this.#goesOn = goesOn;
    this.#decode = decoderOf(encoding);
  }

  /** The first bytes have been seen, and no character has begun that has not come to its end. */
  get isAtRest(): boolean {
    return this.#begun && this.#pending.length === 0;
  }

  /** So much comes that is not decoded. */
  pass(bytes: number, lines: number): void {
    this.#bytes += bytes;
    this.#line += lines;
  }

  push(chunk: Uint8Array): string {
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.#pending.length === 0 ? view : Buffer.concat([this.#pending, view]);
    if (this.#begun) return this.#text(bytes);
    if (bytes.length < 4) {
      this.#pending = Buffer.from(bytes);
      return '';
    }
    return this.#text(this.#withoutMark(bytes));
  }

  end(): string {
    const start = this.#begun ? this.#pending : this.#withoutMark(this.#pending);
    this.#pending = Buffer.alloc(0);
    const text = this.#text(start);
    if (this.#pending.length > 0) {
      throw fileFailure('FILE_DAMAGED', saying('endsInside', {}), this.#file, this.#line);
    }
    return text;
  }

  #withoutMark(bytes: Buffer): Buffer {
    this.#begun = true;
    const start = bytes.subarray(0, 4).toString('hex');
    if (UTF_16.test(start)) throw isUtf16(this.#encoding, this.#file);
    if (!start.startsWith('efbbbf')) return bytes;
    if (this.#encoding === 'utf-8') {
      this.#bytes = 3;
      return bytes.subarray(3);
    }
    throw this.#encodingFailure(saying('beginsWithMark', {}), 1);
  }

  #text(bytes: Buffer): string {
    const whole = this.#encoding === 'utf-8' ? wholeCharacters(bytes) : bytes.length;
    const ready = bytes.subarray(0, whole);
    if (!this.#isText(ready)) {
      const before = this.#stop(ready);
      if (!this.#goesOn) return before;
    }
    this.#pending = whole === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(whole));
    this.#line += lineBreaks(ready);
    this.#bytes += ready.length;
    return this.#decode(ready);
  }

  #isText(bytes: Buffer): boolean {
    if (bytes.includes(0)) return false;
    if (this.#encoding === 'utf-8') return isUtf8(bytes);
    return !neverText(this.#encoding)?.test(bytes.toString('latin1'));
  }

  /** The whole lines before what is no text. */
  #stop(bytes: Buffer): string {
    let line = this.#line;
    let from = 0;
    for (; ; line++) {
      const end = bytes.indexOf(10, from);
      if (end === -1 || !this.#isText(bytes.subarray(from, end))) break;
      from = end + 1;
    }
    this.#pending = Buffer.alloc(0);
    this.failure ??= this.#nulFailure(bytes) ?? this.#unknownFailure(from, line);
    return this.#decode(bytes.subarray(0, from));
  }

  #nulFailure(bytes: Buffer): InvalidFailure | null {
    const nul = bytes.indexOf(0);
    if (nul === -1) return null;
    const line = this.#line + lineBreaks(bytes.subarray(0, nul));
    const byte = String(this.#bytes + nul + 1);
    return fileFailure('FILE_UNSAFE', saying('holdsNul', { byte }), this.#file, line);
  }

  #unknownFailure(from: number, line: number): InvalidFailure {
    const byte = String(this.#bytes + from);
    return this.#encodingFailure(saying('unknownBytes', { byte }), line);
  }

  #encodingFailure(what: Saying, line: number): InvalidFailure {
    return encodingFailure(this.#encoding, what, this.#file, line);
  }
}

function encodingFailure(
  encoding: Encoding,
  what: Saying,
  file: string,
  line: number,
): InvalidFailure {
  return fileFailure('FILE_ENCODING', saying('declaredBut', { encoding, what }), file, line);
}

function isUtf16(encoding: Encoding, file: string): InvalidFailure {
  return encodingFailure(encoding, saying('isUtf16', {}), file, 1);
}

/** Length of `bytes` without a last UTF-8 character whose end has not arrived. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return back < sequenceLength(byte) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

function lineBreaks(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

/**
 * Goes through the steps of a reading and gives, after each, what has been read (null: nothing).
 * Where a step fails, what was read whole before that comes first: whoever is called protected in
 * it is to be heard.
 */
export async function* wholeSoFar<T>(
  steps: AsyncIterable<unknown>,
  take: () => T | null,
): AsyncGenerator<T> {
  try {
    for await (const _ of steps) {
      const read = take();
      if (read !== null) yield read;
    }
  } catch (failure) {
    const read = take();
    if (read !== null) yield read;
    throw failure;
  }
}
