import { hasEnded } from '../../config/owner.ts';
import { TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { FlowOutline } from '../../flow/known/outline.ts';
import type { Lease, Run } from '../../store/run-store.ts';
import type { Engine } from '../engine.ts';

/** Whoever holds it reads sources, or does what nobody may do anything beside. */
export const LEASE = 'sync';
const OF_TARGET = 'target ';

export type Leasing = Pick<Engine, 'store' | 'owner' | 'now'>;

/** The lease of whoever conducts a target: plans it and delivers to it. */
export function leaseOfTarget(target: string): string {
  return OF_TARGET + target;
}

/** The lease if it is ours now. A process that was killed does not hold up the next one. */
export async function takeLease(
  name: string,
  { store, owner, now }: Leasing,
  ttlMs: number,
): Promise<Lease | null> {
  const lease = await store.runs.lease(name, owner, now(), ttlMs);
  if (lease !== null) return lease;
  const held = (await store.runs.leased(now())).find((one) => one.name === name);
  if (held === undefined || !hasEnded(held.owner)) return null;
  await store.runs.release(name, held.owner);
  return store.runs.lease(name, owner, now(), ttlMs);
}

/** The process that has a lease; null if none has, or one that is gone. */
export async function holderOf(
  name: string,
  { store, now }: Pick<Engine, 'store' | 'now'>,
): Promise<string | null> {
  const held = (await store.runs.leased(now())).find((one) => one.name === name);
  return held === undefined || hasEnded(held.owner) ? null : held.owner;
}

/** A target that another process conducts now; null if none does. */
export async function conductedTarget({
  store,
  now,
}: Pick<Engine, 'store' | 'now'>): Promise<string | null> {
  const held = await store.runs.leased(now());
  const found = held.find(({ name, owner }) => name.startsWith(OF_TARGET) && !hasEnded(owner));
  return found?.name.slice(OF_TARGET.length) ?? null;
}

/** More runs than one sync has are never under way. */
const MOST_RUNS = 1000;

/**
 * Ends the runs of a process that is gone: all, or those of one subject. For whoever has the lease
 * that they had, and runs none yet.
 */
export async function endStaleRuns(
  { store, now }: Pick<Engine, 'store' | 'now'>,
  of: Partial<Pick<Run, 'type' | 'subject'>>,
): Promise<void> {
  for (const run of await store.runs.list({ ...of, outcome: 'running', limit: MOST_RUNS })) {
    await store.runs.put({ ...interrupted(run), endedAt: now() });
  }
}

/** The run as it is: what looks under way, and whose process is gone, has failed. */
export async function asItIs(
  run: Run,
  kept: Pick<Engine, 'store' | 'now'>,
  flows: readonly FlowOutline[],
): Promise<Run> {
  if (run.outcome !== 'running') return run;
  const flow = flows.find(({ name }) => run.type === 'flow' && name === run.subject);
  const leases = flow === undefined ? [] : [leaseOfTarget(flow.target)];
  for (const name of [LEASE, ...leases]) if ((await holderOf(name, kept)) !== null) return run;
  return interrupted(run);
}

function interrupted(run: Run): Run {
  const name = run.type === 'flow' ? 'flowInterrupted' : 'intakeInterrupted';
  const said = saying(name, { subject: run.subject });
  const problem = new TransientFailure('RUN_INTERRUPTED', said).toProblem();
  return { ...run, outcome: 'failed', problem };
}
