import { hasEnded } from '../config/owner.ts';
import { TransientFailure } from '../failure/failure.ts';
import type { Engine } from './engine.ts';
import { endStaleRuns } from './stale-runs.ts';

/** Whoever holds it reads and delivers. */
export const LEASE = 'sync';
const LEASE_MS = 60_000;
const TAKEN = 'another process has taken over: this one did not answer for a minute';

type Leasing = Pick<Engine, 'store' | 'owner' | 'now'>;

/**
 * Does something while nobody else reads or delivers in this workspace; BUSY if somebody does. The
 * signal that the work is given fires also where another process has taken the lease meanwhile:
 * this one was thought dead.
 */
export async function underLease<R extends { readonly signal: AbortSignal }, T>(
  engine: Leasing,
  request: R,
  work: (request: R) => Promise<T>,
): Promise<T> {
  const { store, owner, now } = engine;
  if (!(await takeLease(LEASE, engine, LEASE_MS))) {
    throw new TransientFailure('BUSY', 'another sync is under way in this workspace');
  }
  const lost = new AbortController();
  const renewal = setInterval(async () => {
    // A store that fails shows at the work itself; the lease runs on for a while.
    const isOurs = await store.runs.lease(LEASE, owner, now(), LEASE_MS).catch(() => true);
    if (!isOurs) lost.abort(new TransientFailure('LEASE_LOST', TAKEN));
  }, LEASE_MS / 3);
  try {
    await endStaleRuns(engine);
    return await work({ ...request, signal: AbortSignal.any([request.signal, lost.signal]) });
  } finally {
    clearInterval(renewal);
    await store.runs.release(LEASE, owner);
  }
}

/** True if it is ours now. A process that was killed does not hold up the next one. */
export async function takeLease(
  name: string,
  { store, owner, now }: Leasing,
  ttlMs: number,
): Promise<boolean> {
  if ((await store.runs.lease(name, owner, now(), ttlMs)) !== null) return true;
  const other = await store.runs.leaseOwner(name);
  if (other === null || !hasEnded(other)) return false;
  await store.runs.release(name, other);
  return (await store.runs.lease(name, owner, now(), ttlMs)) !== null;
}
