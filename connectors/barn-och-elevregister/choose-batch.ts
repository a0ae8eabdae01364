import {
  Failure,
  type Files,
  InvalidFailure,
  type Saying,
  saying,
  TransientFailure,
} from '../../core/plugin.ts';
import { type Batch, markersOf, modeOf, momentOfName, readMarker } from './batch.ts';
import { type BatchProperties, checkGap, readProperties } from './batch-properties.ts';
import {
  isSettled,
  type LyingBatch,
  MOST_AHEAD_MS,
  type RegisterCheckpoint,
} from './checkpoint.ts';

/** A batch that is whole, ready to be read. */
export interface ReadyBatch {
  readonly batch: Batch;
  readonly properties: BatchProperties;
  /** Where its files are to be read. */
  readonly files: Files;
}

/** Verifies all files of a batch and reads its properties. */
export type Prepare = (one: LyingBatch) => Promise<ReadyBatch>;

/** What is to become of a batch: it is to be read, is done with, or is refused for a reason. */
export type Verdict = 'due' | 'settled' | InvalidFailure;

/** The names, what came before and the time, by which batches are judged. */
export interface Judging {
  readonly checkpoint: RegisterCheckpoint | null;
  readonly now: number;
}

const DAY_MS = 86_400_000;

/** The batches whose marker lies there, the oldest first as they say themselves. */
export async function lyingBatches(
  files: Files,
  checkpoint: RegisterCheckpoint | null,
): Promise<readonly LyingBatch[]> {
  const lying: LyingBatch[] = [];
  for (const { name } of await markersOf(files)) {
    const batch = await unlessInvalid(() => readMarker(files, name));
    const one = { name, digest: batch?.digest ?? '', batch, properties: null };
    const isDone = checkpoint !== null && checkpoint.settled !== null && isSettled(one, checkpoint);
    const xml = `${name}.xml`;
    const properties = isDone
      ? null
      : await unlessInvalid(() => readProperties(files.read(xml), xml));
    lying.push({ ...one, properties });
  }
  return lying.sort((a, b) => momentOf(a) - momentOf(b) || (a.name < b.name ? -1 : 1));
}

/** What cannot be read is told when the batch is to be read, or is left alone. */
async function unlessInvalid<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (failure) {
    if (!isInvalid(failure)) throw failure;
    return null;
  }
}

function isInvalid(failure: unknown): failure is Failure {
  return failure instanceof Failure && failure.recovery === 'invalid';
}

/** Up to when it says that it holds everything; by its name where it cannot be read. */
function momentOf({ name, properties }: LyingBatch): number {
  return properties?.until ?? momentOfName(name) ?? 0;
}

/**
 * A batch is judged by the moment that it states, not by its name: but neither may lie ahead, for
 * everything after it would seem to be older.
 */
export function judge(one: LyingBatch, { checkpoint, now }: Judging): Verdict {
  if (checkpoint !== null && isSettled(one, checkpoint)) return 'settled';
  const { name, properties } = one;
  const named = momentOfName(name);
  if (named === null) return refused('FILE_UNREAD', one, saying('dateIsNone', {}));
  for (const [moment, where] of [
    [named, 'nameToCome'],
    [properties?.until ?? 0, 'xmlToCome'],
  ] as const) {
    if (moment <= now + MOST_AHEAD_MS) continue;
    const day = new Date(moment).toISOString().slice(0, 10);
    return refused('FILE_UNREAD', one, saying(where, { date: day }));
  }
  // What was read last may be corrected, whatever its date.
  if (checkpoint === null || name === checkpoint.batch) return 'due';
  const latest = properties === null ? named + DAY_MS : properties.until;
  if (latest >= checkpoint.asOf) return 'due';
  const text = saying('madeBefore', { file: name, read: checkpoint.batch });
  return new InvalidFailure('SOURCE_STALE', text, { place: placeOf(one) });
}

function refused(code: 'FILE_UNREAD', one: LyingBatch, what: Saying): InvalidFailure {
  const said = saying('ofFile', { file: `${one.name}.done`, what });
  return new InvalidFailure(code, said, { place: placeOf(one) });
}

export function placeOf({ name }: LyingBatch) {
  return { file: `${name}.done`, line: null, field: null };
}

/**
 * The one batch to read now: the newest full one that is whole, else the next delta; null if
 * everything has been read. Throws FILE_MISSING before the first full batch and where a delta is
 * missing, and why the newest batch was refused where nothing else is to be read.
 */
export async function chooseBatch(
  lying: readonly LyingBatch[],
  judging: Judging,
  prepare: Prepare,
): Promise<ReadyBatch | null> {
  const due = lying.filter((one) => judge(one, judging) === 'due');
  const fulls = due.filter(({ name }) => modeOf(name) === 'full').reverse();
  const { ready, failure } = await firstWhole(fulls, prepare);
  if (ready !== null) return ready;
  const delta = due.find(({ name }) => modeOf(name) === 'delta');
  const { checkpoint } = judging;
  if (checkpoint === null || delta === undefined) {
    throwReason(failure, lying, judging);
    return null;
  }
  // A full batch that is not whole keeps nobody from reading the deltas before it.
  try {
    const next = await prepare(delta);
    checkGap(delta.name, next.properties, checkpoint.until);
    return next;
  } catch (found) {
    throw isInvalid(found) ? (failure ?? found) : found;
  }
}

async function firstWhole(
  fulls: readonly LyingBatch[],
  prepare: Prepare,
): Promise<{ readonly ready: ReadyBatch | null; readonly failure: Failure | null }> {
  let failure: Failure | null = null;
  for (const full of fulls) {
    try {
      return { ready: await prepare(full), failure };
    } catch (found) {
      if (!isInvalid(found)) throw found;
      failure ??= found;
    }
  }
  return { ready: null, failure };
}

/** Nothing is to be read: a reason, unless the newest batch by its name is done with. */
function throwReason(
  failure: Failure | null,
  lying: readonly LyingBatch[],
  judging: Judging,
): void {
  if (failure !== null) throw failure;
  const [newest] = [...lying].sort((a, b) => (a.name < b.name ? 1 : -1));
  const verdict = newest === undefined ? 'settled' : judge(newest, judging);
  if (verdict instanceof InvalidFailure) throw verdict;
  if (judging.checkpoint !== null) return;
  throw new TransientFailure('FILE_MISSING', saying('noFullBatch', {}));
}
