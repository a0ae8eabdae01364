import type { Source } from '../connector/connector.ts';
import { Failure } from '../failure/failure.ts';
import { asFileFailure } from '../failure/system-fault.ts';
import { removeWhatMay } from './complete/gate.ts';
import { hearLeftAlone, hearWaiting } from './hear-waiting.ts';
import { beginRun, type Ending, endRun, type Intake } from './intake-run.ts';
import type { IntakeContext, IntakeTask } from './intake-task.ts';
import { openKeepers } from './keepers.ts';
import { applyCommitted } from './merge/apply.ts';
import { joinOnes } from './merge/same-person.ts';
import { doubtMany } from './protection/many-protected.ts';
import type { Protections } from './protection/protections.ts';
import { Reading } from './read/reading.ts';
import { Receiver } from './read/receive.ts';
import { tryAlone } from './try-alone.ts';

/**
 * Reads a source to its end and keeps what it says. Nothing is changed before the source has ended
 * well and passed its guard; from the commit on, the run is finished even if the process dies.
 * Answers the ended run; throws only what is no Failure (a defect), and the signal's reason.
 */
export async function intake(task: IntakeTask, context: IntakeContext): Promise<Intake> {
  const { store } = context;
  const started = await beginRun(task, context);
  const keepers = await openKeepers(context);
  const { protections } = keepers;
  const reading = new Reading(task, context);
  const receiver = new Receiver(reading.task, context, protections);
  const end = (about: Ending) =>
    endRun({ ...started, ...receiver.about() }, about, source, context);
  let source: Source | null = null;
  let [isRead, isCommitted] = [false, false];
  try {
    await applyCommitted(keepers, context);
    await context.identity.reload();
    source = await task.openSource();
    await store.intake.open(task.run, task.module);
    const since = await store.intake.checkpoint(task.module, '');
    const { checkpoint, more } = await reading.read(source, since, receiver);
    await receiver.tryAgain();
    await keepWords(task, protections, receiver, context);
    isRead = true;
    const held = await removeWhatMay(task, context, receiver);
    await receiver.keep();
    await context.identity.keep();
    const isFull = receiver.fullStreams().size > 0;
    if (isFull) await reading.forget();
    await store.intake.commit(task.run, task.module, { '': checkpoint }, receiver.settled());
    isCommitted = true;
    const { invalid, repetitions } = await applyCommitted(keepers, context, receiver.parts.isOurs);
    await joinOnes(task.run, receiver.parts.merged, isFull, keepers, context);
    receiver.remark(repetitions);
    await protections.ask(task.run, isFull ? task.module : null);
    await source.accepted?.();
    const counts = { ...receiver.counts(), ...reading.counts(), invalid };
    if (isFull) await reading.note(held === null ? receiver : null);
    const heard = more ? [] : await hearLeftAlone(reading.task, source, context);
    if (held === null) return await end({ outcome: 'done', counts, more, heard });
    const ending = { ...endingOf(held.failure), more, heard };
    return await end({ ...ending, counts: { ...counts, withheld: held.parts } });
  } catch (error) {
    const failure = failureOf(error);
    // Its checkpoint has moved: what is committed is applied by the next run.
    const changed = isCommitted ? {} : await dropRun(reading.task, context);
    const heard = await hearWaiting(reading.task, source, context, protections.unkept);
    return await end({ ...endingOf(failure), counts: { ...receiver.counts(), ...changed }, heard });
  } finally {
    if (isRead) await protections.enact();
    await source?.close();
  }
}

/** Throws what is none: a defect, and the signal's reason. */
function failureOf(error: unknown): Failure {
  const failure = asFileFailure(error);
  if (failure instanceof Failure) return failure;
  throw error;
}

/** From here on what was said of protection counts, whatever the guards say of the rest. */
async function keepWords(
  task: IntakeTask,
  protections: Protections,
  receiver: Receiver,
  context: IntakeContext,
): Promise<void> {
  await doubtMany(task, protections.newly, receiver.fullStreams(), context);
  await protections.keep();
}

/** The run comes to nothing; what earlier ones have set aside is tried all the same. */
async function dropRun(
  task: IntakeTask,
  context: IntakeContext,
): Promise<{ readonly changed: number }> {
  await context.store.intake.finish(task.run);
  return { changed: await tryAlone(task, context) };
}

function endingOf(failure: Failure): Pick<Ending, 'outcome' | 'problem'> {
  const outcome = failure.recovery === 'hold' ? 'held' : 'failed';
  return { outcome, problem: failure.toProblem() };
}
