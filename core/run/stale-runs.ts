import { hasEnded } from '../config/owner.ts';
import { TransientFailure } from '../failure/failure.ts';
import type { Run } from '../store/run-store.ts';
import type { Engine } from './engine.ts';

/** More runs than one sync has are never under way. */
const MOST_RUNS = 1000;

/** Ends the runs of a process that is gone. For whoever has the lease, and runs none yet. */
export async function endStaleRuns({ store, now }: Pick<Engine, 'store' | 'now'>): Promise<void> {
  for (const run of await store.runs.list({ outcome: 'running', limit: MOST_RUNS })) {
    await store.runs.put({ ...interrupted(run), endedAt: now() });
  }
}

/** The run as it is: what looks under way, and whose process is gone, has failed. */
export async function asItIs(run: Run, lease: string, { store }: Engine): Promise<Run> {
  if (run.outcome !== 'running') return run;
  const owner = await store.runs.leaseOwner(lease);
  return owner === null || hasEnded(owner) ? interrupted(run) : run;
}

function interrupted(run: Run): Run {
  const text = `the ${run.type} ${run.subject} was interrupted: its process is gone`;
  const problem = new TransientFailure('RUN_INTERRUPTED', text).toProblem();
  return { ...run, outcome: 'failed', problem };
}
