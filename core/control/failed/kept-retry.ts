import type { Engine } from '../../run/engine.ts';
import { holderOf, LEASE } from '../../run/leases/holder.ts';
import type { OfPart } from '../../store/message-store.ts';
import { keptValue, type Store } from '../../store/store.ts';

/** Which failures are tried again together; an `objectKind` of null stands for all of them. */
export interface RetryName extends OfPart {
  readonly target: string;
  readonly code: string;
  readonly objectKind: string | null;
}

/** How a group is being tried again. It is kept after every step: a restart goes on from it. */
export interface GroupRetry extends RetryName {
  /** `paused`: a person stopped it, or its process is gone; it can be resumed. */
  readonly state: 'running' | 'paused' | 'cancelled' | 'stopped' | 'done';
  /** Epoch milliseconds: what has failed since then is not meant. */
  readonly until: number;
  readonly found: number;
  /** Of those found, records and mapping faults: every sync judges them anew. */
  readonly others: number;
  readonly tried: number;
  /** Of those tried, how many are off the list now. */
  readonly mended: number;
  /** Of the step that is under way, or of the last one. */
  readonly stage: 1 | 2 | 3;
  /** The messages of the step that is under way. */
  readonly trying: readonly string[];
  /** The process that tries them. */
  readonly owner: string;
  readonly who: string;
  /** Epoch milliseconds of the last step. */
  readonly at: number;
}

/** What a person asks of a retry that is under way; it is heard before its next step. */
export type RetryWish = 'pause' | 'cancel';

/** One, then a twentieth, then the rest. */
const SECOND_SHARE = 0.05;
/** So many are tried before it is asked again whether to go on. */
const MOST_IN_A_STEP = 500;

/** The stage that a retry is in, and how many messages its next step has at most. */
export function nextStep({ found, others, tried }: Counts): Step {
  const second = 1 + Math.max(1, Math.ceil((found - others) * SECOND_SHARE));
  if (tried === 0) return { stage: 1, most: 1 };
  if (tried < second) return { stage: 2, most: Math.min(MOST_IN_A_STEP, second - tried) };
  return { stage: 3, most: MOST_IN_A_STEP };
}

type Counts = Pick<GroupRetry, 'found' | 'others' | 'tried'>;

interface Step {
  readonly stage: GroupRetry['stage'];
  readonly most: number;
}

/** By group. */
const RETRIES = keptValue<GroupRetry>('retry');
const WISHES = keptValue<RetryWish>('retry wish');

export async function keepRetry({ store, now }: Engine, retry: GroupRetry): Promise<GroupRetry> {
  const kept = { ...retry, at: now() };
  await RETRIES.write(store, nameOf(retry), kept);
  return kept;
}

/** The last retry of a group as it was kept; null if none was. */
export function keptRetry(store: Store, name: RetryName): Promise<GroupRetry | null> {
  return RETRIES.read(store, nameOf(name));
}

/** The same as it is now: one whose process is gone is paused. */
export async function retryOf(engine: Engine, name: RetryName): Promise<GroupRetry | null> {
  const kept = await keptRetry(engine.store, name);
  if (kept?.state !== 'running') return kept;
  const isAlive = (await holderOf(LEASE, engine)) === kept.owner;
  return isAlive ? kept : { ...kept, state: 'paused' };
}

export function wishOf(store: Store, name: RetryName): Promise<RetryWish | null> {
  return WISHES.read(store, nameOf(name));
}

export function putWish(store: Store, name: RetryName, wish: RetryWish | null): Promise<void> {
  return WISHES.write(store, nameOf(name), wish);
}

function nameOf({ target, code, objectKind, unit, run, place }: RetryName): string {
  const ofUnit = unit === undefined ? [] : [unit];
  const isPart = run !== undefined || place !== undefined;
  const ofPart = isPart ? [{ run, file: place?.file, field: place?.field }] : [];
  return JSON.stringify([target, code, objectKind, ...ofUnit, ...ofPart]);
}
