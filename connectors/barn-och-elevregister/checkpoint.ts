import type { Json } from '../../core/plugin.ts';
import { type Batch, contentOf, momentOfName } from './batch.ts';
import type { BatchProperties } from './batch-properties.ts';

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
  /** What was read says that it holds everything up to this moment; epoch milliseconds. */
  readonly until: number;
  /** The same; where that lies ahead, the beginning of the hour in which it was read. */
  readonly asOf: number;
  /**
   * Of the batches that lie there, those that are done with, and the digests of their markers:
   * they were read, or a full one that holds what they say. Null in checkpoints of older versions.
   */
  readonly settled: Readonly<Record<string, string>> | null;
}

/** A batch whose marker lies there, as far as can be told without reading its records. */
export interface LyingBatch {
  readonly name: string;
  /** Digest of its marker; `''` where the marker cannot be read. */
  readonly digest: string;
  readonly batch: Batch | null;
  readonly properties: BatchProperties | null;
}

const HOUR_MS = 3_600_000;
/** A sender's clock may be so far ahead; what is dated later was not made by a clock. */
export const MOST_AHEAD_MS = 3 * 86_400_000;

/**
 * The checkpoint as it was kept; null for none. Older versions took what was dated in a distant
 * future for the newest ever since: such a date is forgotten.
 */
export function checkpointOf(since: Json, now: number): RegisterCheckpoint | null {
  if (typeof since !== 'object' || since === null || !('batch' in since)) return null;
  const text = (name: keyof RegisterCheckpoint) => String(since[name] ?? '');
  const claimed = Number(since['until']);
  const until = claimed > now + MOST_AHEAD_MS ? 0 : claimed;
  const { settled } = since;
  return {
    batch: text('batch'),
    digest: text('digest'),
    full: text('full'),
    fullDigest: text('fullDigest'),
    content: text('content'),
    until,
    asOf: Math.min(until, Number(since['asOf'] ?? until)),
    settled: settled === undefined ? null : digestsOf(settled),
  };
}

function digestsOf(kept: Json): Readonly<Record<string, string>> {
  if (typeof kept !== 'object' || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).map(([name, digest]) => [name, String(digest)]));
}

/** Whether there is nothing in a batch that was not read. */
export function isSettled(one: LyingBatch, checkpoint: RegisterCheckpoint): boolean {
  const { name, digest, batch, properties } = one;
  const { settled } = checkpoint;
  if (settled?.[name] === digest) return true;
  if (name === checkpoint.batch && digest === checkpoint.digest) return true;
  if (name === checkpoint.full && digest === checkpoint.fullDigest) return true;
  // The files of the last full batch under another name are no news.
  if (batch?.mode === 'full' && contentOf(batch) === checkpoint.content) return true;
  if (settled !== null || name === checkpoint.batch) return false;
  return properties === null ? name < checkpoint.batch : properties.until <= checkpoint.asOf;
}

/** What is to be kept once this batch of those that lie there has been taken in. */
export function checkpointAfter(
  batch: Batch,
  { until }: BatchProperties,
  lying: readonly LyingBatch[],
  before: RegisterCheckpoint | null,
  now: number,
): RegisterCheckpoint {
  const { name, digest, mode } = batch;
  // To the hour: what is read again after a crash leaves the same behind.
  const asOf = until <= now ? until : now - (now % HOUR_MS);
  const full =
    mode === 'full' || before === null
      ? { full: name, fullDigest: digest, content: contentOf(batch) }
      : { full: before.full, fullDigest: before.fullDigest, content: before.content };
  const done = lying.filter(
    (one) =>
      one.name === name ||
      (before !== null && isSettled(one, before)) ||
      (mode === 'full' && isWithin(one, name, asOf)),
  );
  const settled = Object.fromEntries(done.map((one) => [one.name, one.digest]));
  return { batch: name, digest, ...full, until, asOf, settled };
}

/** Whether a full batch of that name and moment holds what this one says. */
function isWithin({ name, properties }: LyingBatch, full: string, asOf: number): boolean {
  if (properties !== null) return properties.until <= asOf;
  return (momentOfName(name) ?? Number.POSITIVE_INFINITY) < (momentOfName(full) ?? 0);
}
