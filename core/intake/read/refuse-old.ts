import type { RecordBatch } from '../../connector/connector.ts';
import { InvalidFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { hasTakenIn } from '../../store/run-store.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';

const HOUR_MS = 3_600_000;
/** The last delivery that was taken in is among so many runs, or is too long ago to matter. */
const RUNS = 200;

/**
 * Refuses a whole set that was made longer ago than the source's maxAge: it would undo what has
 * happened since. Where nothing was taken in before, or it was as old when it came, age says
 * nothing: so it is in a trial, with the files of another year.
 */
export async function ageGuard(
  { module, rules }: IntakeTask,
  { store, now }: IntakeContext,
): Promise<(batch: RecordBatch) => void> {
  const { maxAgeMs } = rules;
  if (maxAgeMs === null) return () => undefined;
  const runs = await store.runs.list({ subject: module, type: 'intake', limit: RUNS });
  const last = runs.find((run) => run.isWhole === true && hasTakenIn(run));
  const wasInTime = last?.asOf !== undefined && last.startedAt - last.asOf <= maxAgeMs;
  return ({ mode, asOf }) => {
    const age = asOf === undefined ? 0 : now() - asOf;
    if (mode !== 'full' || age <= maxAgeMs || !wasInTime) return;
    const [hours, most] = [Math.floor(age / HOUR_MS), Math.floor(maxAgeMs / HOUR_MS)];
    throw new InvalidFailure('SOURCE_STALE', saying('tooOld', { module, hours, most }));
  };
}
