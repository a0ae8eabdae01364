import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { InvalidFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';

/** The character encodings that a layout may declare. */
export const ENCODINGS = [
  'utf-8',
  'utf-16',
  'iso-8859-1',
  'windows-1252',
  'cp850',
  'cp437',
  'iso-646-se',
] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Whether that is the name of an encoding. */
export function isEncoding(value: unknown): value is Encoding {
  return ENCODINGS.some((one) => one === value);
}

/** SEN 850200 B: seven bits, in which Swedish letters stand in the place of brackets. */
const SWEDISH = new Map([...'[\\]{|}'].map((sign, index) => [sign, 'ÄÖÅäöå'.charAt(index)]));
const BRACKETS = new Map([...SWEDISH].map(([sign, letter]) => [letter, sign]));

const NEVER_TEXT: Partial<Record<Encoding, RegExp>> = {
  // Whatever is declared ISO 8859-1 and holds these is Windows-1252 or UTF-8 in truth.
  'iso-8859-1': /[\x80-\x9f]/,
  'windows-1252': /[\x81\x8d\x8f\x90\x9d]/,
  'iso-646-se': /[\x80-\xff]/,
};

/** What no text of that encoding holds, as its bytes stand in Latin 1; null where all may be. */
export function neverText(encoding: Encoding): RegExp | null {
  return NEVER_TEXT[encoding] ?? null;
}

/** Whole characters of that encoding as text. */
export function decoderOf(encoding: Encoding): (bytes: Buffer) => string {
  if (encoding === 'utf-8') return (bytes) => bytes.toString('utf8');
  // The web's label `iso-8859-1` means Windows-1252 to TextDecoder: the true one is Buffer's.
  if (encoding === 'iso-8859-1') return (bytes) => bytes.toString('latin1');
  if (encoding === 'iso-646-se') {
    return (bytes) =>
      bytes.toString('latin1').replace(/[[\\\]{|}]/g, (sign) => SWEDISH.get(sign) ?? sign);
  }
  if (encoding !== 'windows-1252') return (bytes) => iconv.decode(bytes, encoding);
  const decoder = new TextDecoder('windows-1252');
  return (bytes) => decoder.decode(bytes);
}

/**
 * The text as bytes of that encoding; UTF-16 is little-endian, without its mark. Null where the
 * encoding cannot write all of it.
 */
export function encodeText(text: string, encoding: Encoding): Buffer | null {
  if (encoding === 'utf-8') return text.isWellFormed() ? Buffer.from(text, 'utf8') : null;
  if (encoding === 'utf-16') return Buffer.from(text, 'utf16le');
  const written = encoding === 'iso-646-se' ? swedishSigns(text) : text;
  if (written === null) return null;
  const bytes = iconv.encode(written, encoding === 'iso-646-se' ? 'latin1' : encoding);
  return decoderOf(encoding)(bytes) === text && !isForeign(bytes, encoding) ? bytes : null;
}

/** The same, with another sign in the place of each that the encoding cannot write. */
export function encodeWith(text: string, encoding: Encoding, instead: string): Buffer {
  const whole = encodeText(text, encoding);
  if (whole !== null) return whole;
  const signs = Array.from(text, (sign) => encodeText(sign, encoding) ?? Buffer.from(instead));
  return Buffer.concat(signs);
}

function isForeign(bytes: Buffer, encoding: Encoding): boolean {
  return neverText(encoding)?.test(bytes.toString('latin1')) === true;
}

/** Brackets would be read as letters. */
function swedishSigns(text: string): string | null {
  if (/[[\\\]{|}]/.test(text)) return null;
  return text.replace(/[ÄÖÅäöå]/g, (letter) => BRACKETS.get(letter) ?? letter);
}

/**
 * The bytes of a UTF-16 text as UTF-8; its mark says which end comes first, without one the little
 * does. Throws InvalidFailure FILE_ENCODING for what is none.
 */
export async function* utf8OfUtf16(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array> {
  let start: Buffer = Buffer.alloc(0);
  let decoder: TextDecoder | null = null;
  const decode = (chunk: Uint8Array, stream: boolean): Buffer => {
    try {
      return Buffer.from(decoder?.decode(chunk, { stream }) ?? '', 'utf8');
    } catch (cause) {
      const place = { file, line: null, field: null };
      const text = saying('noUtf16', { file });
      throw new InvalidFailure('FILE_ENCODING', text, { place, cause });
    }
  };
  for await (const chunk of bytes) {
    if (decoder !== null) {
      yield decode(chunk, true);
      continue;
    }
    start = Buffer.concat([start, chunk]);
    if (start.length < 2) continue;
    decoder = utf16Decoder(start);
    yield decode(start, true);
  }
  decoder ??= utf16Decoder(start);
  yield decode(new Uint8Array(), false);
}

/** The first four bytes, in hexadecimal digits, of bytes that are given once more as a whole. */
export async function begun(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ readonly start: string; readonly all: AsyncIterable<Uint8Array> }> {
  const chunks = bytes[Symbol.asyncIterator]();
  let start: Buffer = Buffer.alloc(0);
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    start = Buffer.concat([start, next.value]);
    if (start.length >= 4) break;
  }
  const all = async function* () {
    try {
      yield start;
      yield* { [Symbol.asyncIterator]: () => chunks };
    } finally {
      // Where nobody wants the rest.
      await chunks.return?.();
    }
  };
  return { start: start.subarray(0, 4).toString('hex'), all: all() };
}

function utf16Decoder(start: Buffer): TextDecoder {
  const isMarked = start[0] === 0xfe && start[1] === 0xff;
  // Without a mark: a file of columns begins with a letter of ASCII, of which one byte is nought.
  const isBigEndian = isMarked || (start[0] === 0 && start[1] !== 0);
  return new TextDecoder(isBigEndian ? 'utf-16be' : 'utf-16le', { fatal: true });
}

/**
 * What was sent as text, without a byte order mark: JSON is UTF-8 whatever is said of it (RFC 8259,
 * 8.1). What is none is read by the name that it was sent with, where that is one.
 */
export function sentText(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decoderNamed(charset).decode(bytes);
  }
}

/** The same of what comes piece by piece, as bytes of UTF-8. */
export async function* utf8OfSent(
  chunks: AsyncIterable<Uint8Array>,
  charset: string,
): AsyncGenerator<Uint8Array> {
  if (charset === '') {
    yield* chunks;
    return;
  }
  let named: TextDecoder | null = null;
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.subarray(0, bytes.length - cutOff(bytes));
    if (named === null && !isUtf8(whole)) named = decoderNamed(charset);
    rest = named === null ? bytes.subarray(whole.length) : new Uint8Array();
    yield named === null ? whole : Buffer.from(named.decode(bytes, { stream: true }));
  }
  if (named === null && !isUtf8(rest)) yield Buffer.from(decoderNamed(charset).decode(rest));
  else yield named === null ? rest : Buffer.from(named.decode());
}

/** So many bytes at the end may be the beginning of a character of UTF-8. */
function cutOff(bytes: Uint8Array): number {
  const at = bytes.subarray(-3).findLastIndex((byte) => byte >= 0xc0);
  return at < 0 ? 0 : Math.min(3, bytes.length) - at;
}

function decoderNamed(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
