import type { ObjectSink } from '../connector/sink.ts';
import { CATALOGUE, type FailureCode } from '../failure/catalogue.ts';
import { type Failure, HeldFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Target } from '../flow/target.ts';
import { openHold } from '../guard/holds.ts';
import { digestOf } from '../message/digest.ts';
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

/** The connector is not of the kind that its manifest says. */
export function wrongSink(target: Target): HeldFailure {
  return new HeldFailure('CONFIG_INVALID', saying('wrongSink', { target: target.name }));
}

/** Tells a target of single objects something, unless it waits for a person. */
export async function withObjectSink<T>(
  { target, openSink }: FlowTask,
  context: FlowContext,
  tell: (sink: ObjectSink) => Promise<T>,
): Promise<T> {
  await refuseHeldTarget(target, context);
  const sink = await openSink();
  try {
    if (sink.mode !== 'operations') throw wrongSink(target);
    return await tell(sink);
  } finally {
    await sink.close();
  }
}
