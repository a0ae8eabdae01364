import { digest as digestOfText, isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import { SEAL_LENGTH } from './known-stream.ts';

/** A block of lines, and what its records made. */
export interface TableBlock {
  /** Of its bytes, and of all that decides what they mean: 22 characters. */
  readonly digest: string;
  /** Of the parts that its records made, as they were then. */
  readonly seal: string;
  readonly records: number;
  /** How many of its records have each column. */
  readonly filled: readonly number[];
  /** Numbers of those parts in the store, in the order in which they were made. */
  readonly numbers: readonly number[];
}

const DIGEST_LENGTH = 22;
const [SHORT, LONG] = [2, 4];
const MOST = 0xffff;
const MOST_NUMBER = 0xffffffff;
/** What is larger is not kept: a document of the store may have twice as much. */
const MOST_CHARACTERS = 8_000_000;

/** A value of the store, some seventy bytes a block and four for each part; null: too much. */
export function tableOf(blocks: readonly TableBlock[]): Json {
  const text = Buffer.concat(blocks.filter(isWritable).map(bytesOf)).toString('base64');
  return text.length > MOST_CHARACTERS ? null : { text, hash: digestOfText(text) };
}

/** The blocks by their digests; none where the value is not as it was written. */
export function blocksOf(table: Json): ReadonlyMap<string, TableBlock> {
  const blocks = new Map<string, TableBlock>();
  if (!isObject(table) || typeof table['text'] !== 'string') return blocks;
  if (table['hash'] !== digestOfText(table['text'])) return blocks;
  const bytes = Buffer.from(table['text'], 'base64');
  let at = 0;
  const next = (length: number) => {
    at += length;
    return at - length;
  };
  const textOf = (length: number) => bytes.subarray(next(length), at).toString('latin1');
  const short = () => bytes.readUInt16LE(next(SHORT));
  const long = () => bytes.readUInt32LE(next(LONG));
  while (at < bytes.length) {
    const [digest, seal] = [textOf(DIGEST_LENGTH), textOf(SEAL_LENGTH)];
    const [records, columns, parts] = [short(), short(), short()];
    const filled = Array.from({ length: columns }, short);
    blocks.set(digest, {
      digest,
      seal,
      records,
      filled,
      numbers: Array.from({ length: parts }, long),
    });
  }
  return blocks;
}

function isWritable({ digest, seal, records, filled, numbers }: TableBlock): boolean {
  const shorts = [records, filled.length, numbers.length, ...filled];
  const isNamed = digest.length === DIGEST_LENGTH && seal.length === SEAL_LENGTH;
  return (
    isNamed && shorts.every((one) => one <= MOST) && numbers.every((one) => one <= MOST_NUMBER)
  );
}

function bytesOf({ digest, seal, records, filled, numbers }: TableBlock): Buffer {
  const shorts = [records, filled.length, numbers.length, ...filled];
  const names = digest + seal;
  const bytes = Buffer.alloc(names.length + SHORT * shorts.length + LONG * numbers.length);
  bytes.write(names, 'latin1');
  let at = names.length;
  for (const one of shorts) at = bytes.writeUInt16LE(one, at);
  for (const one of numbers) at = bytes.writeUInt32LE(one, at);
  return bytes;
}
