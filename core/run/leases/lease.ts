import { TransientFailure } from '../../failure/failure.ts';
import type { Engine } from '../engine.ts';
import {
  conductedTarget,
  holderOf,
  LEASE,
  type Leasing,
  leaseOfTarget,
  takeLease,
} from './holder.ts';
import { keepRenewed } from './renewal.ts';
import { endStaleRuns } from './stale-runs.ts';

const LEASE_MS = 60_000;
/** So often it is looked again whether somebody else has ended. */
const WAIT_MS = 500;

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
  if (done === null)
    throw new TransientFailure('BUSY', 'another sync is under way in this workspace');
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
  const { store, owner } = engine;
  const lease = await takeLease(name, engine, LEASE_MS);
  if (lease === null) return null;
  const renewal = keepRenewed(lease, engine, LEASE_MS);
  const signal = AbortSignal.any([request.signal, renewal.lost]);
  try {
    return { result: await store.fenced(lease, () => work({ ...request, signal })) };
  } finally {
    renewal.stop();
    // A store that is out keeps the lease until it runs out.
    await store.runs.release(name, owner).catch(() => undefined);
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
      throw new TransientFailure('BUSY', `another process delivers to ${target}`);
    }
    await engine.sleep(WAIT_MS, signal);
  }
}
