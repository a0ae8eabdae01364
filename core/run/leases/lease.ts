import { TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';
import type { Lease } from '../../store/run-store.ts';
import type { Engine } from '../engine.ts';
import {
  conductedTarget,
  endStaleRuns,
  holderOf,
  LEASE,
  type Leasing,
  leaseOfTarget,
  takeLease,
} from './holder.ts';

const LEASE_MS = 60_000;
/** So often it is looked again whether somebody else has ended. */
const WAIT_MS = 500;

/**
 * Owner and name of the leases that this process is at work under. The store gives a lease to its
 * owner again, and all that one process serves has one owner: its schedule and its dashboard.
 */
const atWork = new Set<string>();

type Waiting = Leasing & Pick<Engine, 'sleep'>;
interface Stoppable {
  readonly signal: AbortSignal;
}

/**
 * Does something while nobody else reads or delivers in this workspace; BUSY if somebody does, and
 * still does after `patienceMs`. What the work writes counts only as long as the lease is ours, and
 * the signal that it is given fires also where another process has taken it meanwhile.
 */
export async function underLease<R extends Stoppable, T>(
  engine: Waiting,
  request: R,
  work: (request: R) => Promise<T>,
  patienceMs = 0,
): Promise<T> {
  const done = await holding(LEASE, engine, request, async (held) => {
    await othersEnded(engine, held, patienceMs);
    await endStaleRuns(engine, {});
    return work(held);
  });
  if (done === null) throw new TransientFailure('BUSY', saying('anotherSync', {}));
  return done.result;
}

/**
 * Does something as the one who conducts a target, once nobody else does, and nobody reads: a plan
 * of what is half taken in would take away what is only on its way.
 */
export async function underTarget<R extends Stoppable, T>(
  engine: Waiting,
  target: string,
  flow: string,
  request: R,
  work: (request: R) => Promise<T>,
): Promise<T> {
  for (;;) {
    const done = await holding(leaseOfTarget(target), engine, request, async (held) => {
      // Who reads has taken its lease first and waits for ours: so one of the two gives way.
      if ((await holderOf(LEASE, engine)) !== null) return null;
      await endStaleRuns(engine, { type: 'flow', subject: flow });
      return { result: await work(held) };
    });
    if (done !== null && done.result !== null) return done.result.result;
    await engine.sleep(WAIT_MS, request.signal);
  }
}

/** Does something under a lease of that name; null, and nothing is done, where another has it. */
export async function holding<R extends Stoppable, T>(
  name: string,
  engine: Leasing,
  request: R,
  work: (request: R) => Promise<T>,
): Promise<{ readonly result: T } | null> {
  const own = `${engine.owner} ${name}`;
  if (atWork.has(own)) return null;
  atWork.add(own);
  try {
    const lease = await takeLease(name, engine, LEASE_MS);
    return lease === null ? null : { result: await workUnder(lease, engine, request, work) };
  } finally {
    atWork.delete(own);
  }
}

async function workUnder<R extends Stoppable, T>(
  lease: Lease,
  engine: Leasing,
  request: R,
  work: (request: R) => Promise<T>,
): Promise<T> {
  const { store, owner } = engine;
  const renewal = keepRenewed(lease, engine, LEASE_MS);
  const signal = AbortSignal.any([request.signal, renewal.lost]);
  try {
    return await store.fenced(lease, () => work({ ...request, signal }));
  } finally {
    renewal.stop();
    // A store that is out keeps the lease until it runs out.
    await store.runs.release(lease.name, owner).catch(() => undefined);
  }
}

async function othersEnded(
  engine: Waiting,
  { signal }: Stoppable,
  patienceMs: number,
): Promise<void> {
  const until = engine.now() + patienceMs;
  for (;;) {
    const target = await conductedTarget(engine);
    if (target === null) return;
    if (engine.now() >= until) {
      throw new TransientFailure('BUSY', saying('anotherDelivers', { target }));
    }
    await engine.sleep(WAIT_MS, signal);
  }
}

const TAKEN = saying('takenOver', {});
const UNSURE = saying('maybeTakenOver', {});

/** A lease that is renewed until it is stopped; `lost` fires where it is ours no more. */
interface Renewal {
  readonly lost: AbortSignal;
  stop(): void;
}

/**
 * Renews a lease in time. Where the store does not answer until it has run out, it is as good as
 * lost: another process can have it by then. A store that fails for a while shows at the work.
 */
export function keepRenewed(
  { name, term }: Lease,
  { store, owner, now }: Leasing,
  ttlMs: number,
): Renewal {
  const lost = new AbortController();
  let renewedAt = now();
  let isAsked = false;
  const lose = (why: Saying) => lost.abort(new TransientFailure('LEASE_LOST', why));
  const giveUpInTime = () => {
    if (now() - renewedAt >= ttlMs) lose(UNSURE);
  };
  const renew = async () => {
    if (isAsked) return giveUpInTime();
    isAsked = true;
    const at = now();
    const renewed = await store.runs.lease(name, owner, at, ttlMs).catch(() => undefined);
    isAsked = false;
    if (renewed === undefined) giveUpInTime();
    else if (renewed?.term !== term) lose(TAKEN);
    else renewedAt = at;
  };
  const timer = setInterval(renew, ttlMs / 3);
  return { lost: lost.signal, stop: () => clearInterval(timer) };
}
