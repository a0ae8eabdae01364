import { placeOfOwner } from '../../config/owner.ts';
import { TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Engine } from '../engine.ts';
import { holderOf, type Leasing, takeLease } from './holder.ts';
import { keepRenewed } from './lease.ts';

const SERVING = 'serving';
/** Who was killed on another machine, or in another container, holds it so long at most. */
const LEASE_MS = 20_000;

/**
 * Does something as the only process that serves a workspace; on a cluster, any number may. Throws
 * BUSY, which names the other process, and LEASE_LOST where one has taken over meanwhile: then the
 * signal that the work is given fires, too.
 */
export async function servingAlone(
  engine: Leasing & Pick<Engine, 'workspace'>,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  if (engine.workspace.config.cluster !== null) return work(signal);
  const { store, owner } = engine;
  const lease = await takeLease(SERVING, engine, LEASE_MS);
  if (lease === null) throw await servedBy(engine);
  const renewal = keepRenewed(lease, engine, LEASE_MS);
  try {
    await work(AbortSignal.any([signal, renewal.lost]));
    if (!signal.aborted) renewal.lost.throwIfAborted();
  } finally {
    renewal.stop();
    await store.runs.release(SERVING, owner).catch(() => undefined);
  }
}

async function servedBy(engine: Leasing): Promise<TransientFailure> {
  const owner = await holderOf(SERVING, engine);
  const said =
    owner === null
      ? saying('servedByAnother', {})
      : saying('servedAlready', { place: placeOfOwner(owner) });
  return new TransientFailure('BUSY', said, { hint: saying('oneServes', {}) });
}
