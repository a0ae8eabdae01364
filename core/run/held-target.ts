import { type Failure, HeldFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Target } from '../flow/target.ts';
import { openHold } from '../guard/holds.ts';
import { digestOf } from '../message/digest.ts';
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
  throw new HeldFailure('CREDENTIALS', saying('targetWaits', { target: target.name, since }));
}

export function wrongSink(target: Target): HeldFailure {
  return new HeldFailure('CONFIG_INVALID', saying('wrongSink', { target: target.name }));
}
