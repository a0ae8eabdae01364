import { TransientFailure } from '../../failure/failure.ts';
import type { Run } from '../../store/run-store.ts';
import { type Engine, targetOfFlow } from '../engine.ts';
import { holderOf, LEASE, leaseOfTarget } from './holder.ts';

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
export async function asItIs(run: Run, engine: Engine): Promise<Run> {
  if (run.outcome !== 'running') return run;
  const flow = engine.workspace.flows.find(
    ({ name }) => run.type === 'flow' && name === run.subject,
  );
  const leases = flow === undefined ? [] : [leaseOfTarget(targetOfFlow(engine, flow).name)];
  for (const name of [LEASE, ...leases]) if ((await holderOf(name, engine)) !== null) return run;
  return interrupted(run);
}

function interrupted(run: Run): Run {
  const text = `the ${run.type} ${run.subject} was interrupted: its process is gone`;
  const problem = new TransientFailure('RUN_INTERRUPTED', text).toProblem();
  return { ...run, outcome: 'failed', problem };
}
