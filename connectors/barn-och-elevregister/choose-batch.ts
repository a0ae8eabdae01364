import {
  type Files,
  InvalidFailure,
  type Json,
  type Log,
  TransientFailure,
} from '../../core/plugin.ts';
import { type Batch, batchNames, contentOf, readMarker } from './batch.ts';
import { type BatchProperties, checkGap } from './batch-properties.ts';

/** What is kept of the batches read so far. */
export interface RegisterCheckpoint {
  /** The last one read, and the digest of its marker. */
  readonly batch: string;
  readonly digest: string;
  /** The last full one. */
  readonly full: string;
  readonly fullDigest: string;
  /** Its files, whatever they are called. */
  readonly content: string;
  /** What was read holds everything up to this moment; epoch milliseconds. */
  readonly until: number;
}

/** A batch that is whole, ready to be read. */
export interface ReadyBatch {
  readonly batch: Batch;
  readonly properties: BatchProperties;
  /** Where its files are to be read. */
  readonly files: Files;
}

/** Verifies all files of a batch and reads its properties. */
export type Prepare = (batch: Batch) => Promise<ReadyBatch>;

/**
 * The one batch to read now: a new full one, else the next delta; null if everything has been read.
 * Throws FILE_MISSING before the first full batch and where a delta is missing.
 */
export async function chooseBatch(
  files: Files,
  checkpoint: RegisterCheckpoint | null,
  prepare: Prepare,
  log: Log,
): Promise<ReadyBatch | null> {
  const names = await batchNames(files);
  const newest = names.findLast((name) => !name.endsWith('-delta'));
  const full = newest === undefined ? null : await readMarker(files, newest);
  if (checkpoint === null) {
    if (full !== null) return prepare(full);
    throw new TransientFailure('FILE_MISSING', 'no full batch (ber-YYYYMMDD.done) is there');
  }
  const ready = full === null ? null : await newFull(full, checkpoint, prepare, log);
  if (ready !== null) return ready;
  for (const name of names.filter((one) => one.endsWith('-delta') && one >= checkpoint.batch)) {
    const delta = await nextDelta(await readMarker(files, name), checkpoint, prepare, log);
    if (delta !== null) return delta;
  }
  return null;
}

/** Null if this full batch was read before, or is older than the deltas that were. */
async function newFull(
  full: Batch,
  checkpoint: RegisterCheckpoint,
  prepare: Prepare,
  log: Log,
): Promise<ReadyBatch | null> {
  if (full.name < checkpoint.full) return null;
  if (full.name > checkpoint.full) return laterFull(full, checkpoint, prepare, log);
  if (full.digest === checkpoint.fullDigest) return null;
  const ready = await prepare(full);
  const isStale = checkpoint.batch !== checkpoint.full && ready.properties.until < checkpoint.until;
  const text = isStale
    ? 'a full batch was sent again, but deltas after it have been read: it is left alone'
    : 'a full batch was sent again with other content: it is read again';
  log.warn({ batch: full.name }, text);
  return isStale ? null : ready;
}

/**
 * Null if the files are those of the last full batch under another name: that is no news. Throws
 * SOURCE_STALE if they were made before it.
 */
async function laterFull(
  full: Batch,
  checkpoint: RegisterCheckpoint,
  prepare: Prepare,
  log: Log,
): Promise<ReadyBatch | null> {
  if (contentOf(full) === checkpoint.content) {
    log.warn({ batch: full.name }, 'the last full batch was sent again under another name');
    return null;
  }
  const ready = await prepare(full);
  if (ready.properties.until >= checkpoint.until) return ready;
  if (checkpoint.batch !== checkpoint.full) {
    log.warn({ batch: full.name }, 'a full batch is older than the deltas that were read');
    return null;
  }
  const place = { file: full.marker, line: null, field: 'datetime' };
  const text = `${full.name} was made before ${checkpoint.full}, which has been read`;
  throw new InvalidFailure('SOURCE_STALE', text, { place });
}

/** Null if this delta was read before, or says nothing that a full batch did not say after it. */
async function nextDelta(
  delta: Batch,
  checkpoint: RegisterCheckpoint,
  prepare: Prepare,
  log: Log,
): Promise<ReadyBatch | null> {
  const isAgain = delta.name === checkpoint.batch;
  if (isAgain && delta.digest === checkpoint.digest) return null;
  const ready = await prepare(delta);
  if (isAgain) {
    log.warn({ batch: delta.name }, 'a delta was sent again with other content: it is read again');
    return ready;
  }
  if (ready.properties.until <= checkpoint.until) return null;
  checkGap(delta.name, ready.properties, checkpoint.until);
  return ready;
}

/** The checkpoint as it was kept; null for none. */
export function checkpointOf(since: Json): RegisterCheckpoint | null {
  if (typeof since !== 'object' || since === null || !('batch' in since)) return null;
  const text = (name: keyof RegisterCheckpoint) => String(since[name] ?? '');
  return {
    batch: text('batch'),
    digest: text('digest'),
    full: text('full'),
    fullDigest: text('fullDigest'),
    content: text('content'),
    until: Number(since['until']),
  };
}

/** What is to be kept once this batch has been taken in. */
export function checkpointAfter(
  { batch, properties }: ReadyBatch,
  before: RegisterCheckpoint | null,
): Json {
  const { name, digest } = batch;
  const isFull = batch.mode === 'full' || before === null;
  const full = isFull
    ? { full: name, fullDigest: digest, content: contentOf(batch) }
    : { full: before.full, fullDigest: before.fullDigest, content: before.content };
  return { batch: name, digest, ...full, until: properties.until };
}
