import { createHash } from 'node:crypto';
import {
  type Bytes,
  type Files,
  InvalidFailure,
  type Json,
  TransientFailure,
} from '../../core/plugin.ts';

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

/** What is kept of the last batch read. */
export interface RegisterCheckpoint {
  readonly batch: string;
  readonly digest: string;
}

const MARKER = /^(ber-\d{8}(?:T\d{4}-delta)?)\.done$/;
const LINE = /^([0-9a-f]{64}) (\d+) (\d+) ([\w.-]+)$/;

/**
 * The batches to read, in order: the newest full one if it is newer than the checkpoint (or sent
 * again with other content), and every delta after that. Nothing at all before the first full batch
 * is FILE_MISSING; nothing new is no failure.
 */
export async function findBatches(files: Files, since: Json): Promise<readonly Batch[]> {
  const checkpoint = checkpointOf(since);
  const names = (await files.list('')).flatMap(({ name }) => MARKER.exec(name)?.[1] ?? []).sort();
  const fulls = names.filter((name) => !name.endsWith('-delta'));
  const newest = fulls.at(-1);
  const full = newest === undefined ? null : await readMarker(files, newest);
  const isNew = full !== null && (checkpoint === null || isNewer(full, checkpoint));
  if (!isNew && checkpoint === null) {
    throw new TransientFailure('FILE_MISSING', 'no full batch (ber-YYYYMMDD.done) is there');
  }
  const from = isNew && full !== null ? full.name : (checkpoint?.batch ?? '');
  const deltas = names.filter((name) => name.endsWith('-delta') && name > from);
  const batches = isNew && full !== null ? [full] : [];
  for (const name of deltas) batches.push(await readMarker(files, name));
  return batches;
}

function isNewer(full: Batch, { batch, digest }: RegisterCheckpoint): boolean {
  const day = batch.slice(0, 'ber-YYYYMMDD'.length);
  if (full.name > day) return true;
  return full.name === batch && full.digest !== digest;
}

function checkpointOf(since: Json): RegisterCheckpoint | null {
  if (typeof since !== 'object' || since === null || !('batch' in since)) return null;
  return { batch: String(since['batch']), digest: String(since['digest']) };
}

async function readMarker(files: Files, name: string): Promise<Batch> {
  const marker = `${name}.done`;
  const text = await readText(files.read(marker));
  const lines = text.split(/\r?\n/).filter((line) => line !== '');
  const listed = lines.map((line, index): BatchFile => {
    const [, sha256 = '', bytes, records, file = ''] = LINE.exec(line) ?? [];
    if (file === '' || !file.startsWith(name)) {
      const place = { file: marker, line: index + 1, field: null };
      const found = `${marker}: line ${index + 1} is not "<sha256> <bytes> <records> <file>"`;
      throw new InvalidFailure('FILE_DAMAGED', found, { place });
    }
    return { name: file, sha256, bytes: Number(bytes), records: Number(records) };
  });
  const digest = createHash('sha256').update(text).digest('hex');
  const mode = name.endsWith('-delta') ? 'delta' : 'full';
  return { name, mode, files: listed, marker, digest };
}

async function readText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** Throws FILE_DAMAGED unless the bytes are those that the marker promises. Passes them on. */
export async function* verified(bytes: Bytes, file: BatchFile): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of bytes) {
    hash.update(chunk);
    size += chunk.length;
    yield chunk;
  }
  const place = { file: file.name, line: null, field: null };
  if (size !== file.bytes) {
    const found = `${file.name} has ${size} bytes; its marker promises ${file.bytes}`;
    throw new InvalidFailure('FILE_DAMAGED', found, { place });
  }
  if (hash.digest('hex') !== file.sha256) {
    const found = `${file.name} is not the file that its marker describes (SHA-256)`;
    throw new InvalidFailure('FILE_DAMAGED', found, { place });
  }
}
