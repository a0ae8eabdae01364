import { createHash } from 'node:crypto';
import { type Files, InvalidFailure, type Saying, saying } from '../../core/plugin.ts';

/** One line of a marker: what a file must be. */
export interface BatchFile {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly records: number;
}

/** A set of files that the register sent together, complete by its marker. */
export interface Batch {
  /** `ber-20260901`, `ber-20260901T1200-delta`. */
  readonly name: string;
  readonly mode: 'full' | 'delta';
  readonly files: readonly BatchFile[];
  readonly marker: string;
  /** Digest of the marker: the same name with other content is another batch. */
  readonly digest: string;
}

const MARKER = /^(ber-\d{8}(?:T\d{4}-delta)?)\.done$/;
const NAME = /^ber-(\d{8})(?:T(\d\d)(\d\d))?/;
const LINE = /^([0-9a-f]{64}) (\d{1,15}) (\d{1,12}) (\S+)$/;
const PLAIN_NAME = /^[\w-]+(?:\.[\w-]+)+$/;
const MOST_MARKER_BYTES = 100_000;

/** The same for the same files, whatever they are called. */
export function contentOf({ name, files }: Batch): string {
  const lines = files.map((file) => `${file.sha256} ${file.name.slice(name.length)}`);
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex');
}

/**
 * The moment that a batch's name states, to the day or to the minute and without a zone; epoch
 * milliseconds. Null where the digits are no date.
 */
export function momentOfName(name: string): number | null {
  const [, date = '', hour = '00', minute = '00'] = NAME.exec(name) ?? [];
  const day = date.replace(/(....)(..)(..)/, '$1-$2-$3');
  const moment = Date.parse(`${day}T${hour}:${minute}:00Z`);
  const isDate = !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(day);
  return isDate ? moment : null;
}

/** Batches whose marker is there, and a text that is another when the marker is. */
export async function markersOf(
  files: Files,
): Promise<readonly { readonly name: string; readonly mark: string }[]> {
  const found = await files.list('');
  return found.flatMap(({ name: marker, bytes, modifiedAt }) => {
    const name = MARKER.exec(marker)?.[1];
    return name === undefined ? [] : [{ name, mark: `${name} ${bytes} ${modifiedAt}` }];
  });
}

/** Full batches are named by their day, deltas by their minute. */
export function modeOf(name: string): Batch['mode'] {
  return name.endsWith('-delta') ? 'delta' : 'full';
}

/** What a batch's marker says. Throws FILE_DAMAGED or FILE_UNSAFE with the line. */
export async function readMarker(files: Files, name: string): Promise<Batch> {
  const marker = `${name}.done`;
  const text = await readText(files, marker);
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const listed = lines.map((line, index) => fileOf(line, index + 1, name));
  const digest = createHash('sha256').update(text).digest('hex');
  return { name, mode: modeOf(name), files: listed, marker, digest };
}

function fileOf(text: string, line: number, batch: string): BatchFile {
  const place = { file: `${batch}.done`, line, field: null };
  const [, sha256 = '', bytes, records, name = ''] = LINE.exec(text) ?? [];
  if (name === '') {
    const found = `${batch}.done: line ${line} is not "<sha256> <bytes> <records> <file>"`;
    throw new InvalidFailure('FILE_DAMAGED', found, { place });
  }
  // A marker is input from outside: it must not lead anywhere else, nor into another batch.
  if (
    !PLAIN_NAME.test(name) ||
    !/^[.-]/.test(name.slice(batch.length)) ||
    !name.startsWith(batch)
  ) {
    const found = `${batch}.done: line ${line} names a file that is not one of ${batch}`;
    throw new InvalidFailure('FILE_UNSAFE', found, { place });
  }
  return { name, sha256, bytes: Number(bytes), records: Number(records) };
}

async function readText(files: Files, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of files.read(name)) {
    chunks.push(chunk);
    size += chunk.length;
    if (size <= MOST_MARKER_BYTES) continue;
    const place = { file: name, line: null, field: null };
    throw new InvalidFailure('FILE_UNSAFE', saying('markerLong', { file: name }), { place });
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Passes the bytes on; throws FILE_DAMAGED at their end unless they are what the marker says. */
export async function* verified(
  bytes: AsyncIterable<Uint8Array>,
  file: BatchFile,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of bytes) {
    signal.throwIfAborted();
    hash.update(chunk);
    size += chunk.length;
    yield chunk;
  }
  if (size !== file.bytes) {
    const promised = file.bytes;
    throw damaged(file, saying('markerBytes', { file: file.name, size, promised }));
  }
  if (hash.digest('hex') !== file.sha256) {
    throw damaged(file, saying('markerHash', { file: file.name }));
  }
}

/** Throws FILE_DAMAGED unless as many records were read as the marker promises. */
export function checkCount(file: BatchFile, count: number): void {
  if (count === file.records) return;
  const promised = file.records;
  throw damaged(file, saying('markerCount', { file: file.name, count, promised }));
}

function damaged({ name }: BatchFile, said: Saying): InvalidFailure {
  const place = { file: name, line: null, field: null };
  return new InvalidFailure('FILE_DAMAGED', said, { place });
}
