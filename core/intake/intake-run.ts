import type { Source } from '../connector/connector.ts';
import { Failure } from '../failure/failure.ts';
import type { Problem } from '../message/message.ts';
import { beginningRun, type Run } from '../store/run-store.ts';
import type { IntakeContext, IntakeTask } from './intake-task.ts';

/** The run of one intake, and whether its source has more to be read at once. */
export interface Intake {
  readonly run: Run;
  readonly more: boolean;
}

/** How a run ended; where its source has more, the next run of the sync says what is unread. */
export interface Ending extends Pick<Run, 'outcome' | 'counts'> {
  readonly problem?: Problem;
  readonly more?: boolean;
  /** What was heard of protection in what waits. */
  readonly heard?: readonly Problem[];
}

/** Notes that an intake has begun. */
export async function beginRun(task: IntakeTask, { store, now }: IntakeContext): Promise<Run> {
  const run = beginningRun(task.run, 'intake', task.module, now());
  await store.runs.put(run);
  return run;
}

/** Notes how an intake has ended, and what lies at its source unread. */
export async function endRun(
  before: Run,
  { outcome, counts, problem, more = false, heard = [] }: Ending,
  source: Source | null,
  context: IntakeContext,
): Promise<Intake> {
  const { store, now, log, onProgress } = context;
  const { id, subject } = before;
  const unread = more ? [] : [...heard, ...(await unreadOf(subject, source, context))];
  const about = { outcome, counts, problem: problem ?? null, unread };
  const run: Run = { ...before, ...about, endedAt: now() };
  await store.runs.put(run);
  const done = counts['records'] ?? 0;
  onProgress({ step: `intake ${subject}`, done, total: done, ended: true });
  const code = problem?.code ?? null;
  log.info({ run: id, source: subject, outcome, code }, 'intake ended');
  return { run, more };
}

/** What lies at the source unread; of a source that cannot be reached nothing is known. */
export async function unreadOf(
  module: string,
  source: Source | null,
  { store }: IntakeContext,
): Promise<readonly Problem[]> {
  try {
    return (await source?.unread?.(await store.intake.checkpoint(module, ''))) ?? [];
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return [];
  }
}
