import { CATALOGUE, type FailureCode } from '../failure/catalogue.ts';
import { type Failure, HeldFailure, TransientFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Target } from '../flow/target.ts';
import { openHold } from '../guard/holds.ts';
import { digestOf } from '../message/digest.ts';
import type { Problem } from '../message/message.ts';
import type { Hold } from '../store/run-store.ts';
import type { FlowContext, FlowTask } from './flow-task.ts';

/** The target refuses us as a whole (credentials, host key): its messages wait for a person. */
export async function holdTarget(
  task: FlowTask,
  failure: Failure,
  context: FlowContext,
): Promise<void> {
  const problem = failure.toProblem('target');
  const { name } = task.target;
  const digest = digestOf([name, problem.code]);
  const held = { run: task.run, reasons: [problem], counts: {}, digest };
  await openHold(context.store, { subject: `target ${name}`, ...held }, context.now());
}

/** A target that a person must release first is not asked again. */
export async function refuseHeldTarget(target: Target, context: FlowContext): Promise<void> {
  const { store, dateOf } = context;
  const [hold] = await store.runs.holds({ subject: `target ${target.name}`, state: 'open' });
  if (hold === undefined) return;
  const since = dateOf(hold.createdAt);
  throw new HeldFailure(codeOf(hold), saying('targetWaits', { target: target.name, since }));
}

/** Why it waits: what is to be done hangs on that. An older version may have had other codes. */
function codeOf({ reasons: [reason] }: Hold): FailureCode {
  const known = Object.keys(CATALOGUE).filter((code) => code === reason?.code);
  // SAFETY: they are the catalogue's own names.
  return (known as FailureCode[])[0] ?? 'CREDENTIALS';
}

export function wrongSink(target: Target): HeldFailure {
  return new HeldFailure('CONFIG_INVALID', saying('wrongSink', { target: target.name }));
}

/** Why a part of the plan waits for a person, as the run's failure. */
export function heldBack(reasons: readonly Problem[]): HeldFailure | null {
  const [reason, ...rest] = reasons;
  if (reason === undefined) return null;
  const first = reason.said ?? reason.text;
  const more = rest.length;
  return new HeldFailure('GUARD_LIMIT', more === 0 ? first : saying('withMore', { first, more }));
}

/** Not delivered is not done: why something waits for its next attempt, as the run's failure. */
export async function waiting(
  { target }: FlowTask,
  { store }: FlowContext,
): Promise<Failure | null> {
  const open = { target: target.name, type: ['deliver'], state: ['waiting', 'retrying'] } as const;
  const count = await store.messages.count(open);
  if (count === 0) return null;
  for await (const messages of store.messages.scan(open)) {
    const problem = messages.find((message) => message.problem !== null)?.problem;
    if (problem == null) continue;
    // SAFETY: only failures of ours become problems of deliveries.
    const code = problem.code as FailureCode;
    const why = problem.said ?? problem.text;
    return new TransientFailure(code, saying('attemptsWait', { count, why }));
  }
  const said = saying('notSent', { target: target.name, count });
  return new TransientFailure('CONNECTION_LOST', said);
}
