import type { RecordBatch, Source } from '../connector/connector.ts';
import { Failure, InvalidFailure } from '../failure/failure.ts';
import type { Json } from '../message/message.ts';
import { beginningRun, type Run } from '../store/run-store.ts';
import { applySealed } from './apply.ts';
import { removeWhatMay } from './gate.ts';
import type { IntakeSurroundings, IntakeTask } from './intake-task.ts';
import { Receiver } from './receive.ts';

const HOUR_MS = 3_600_000;

/**
 * Reads a source to its end and keeps what it says. Nothing is changed before the source has ended
 * well and passed its guard; from the seal on, the run is finished even if the process dies.
 * Answers the ended run; throws only what is no Failure (a defect), and the signal's reason.
 */
export async function intake(task: IntakeTask, with_: IntakeSurroundings): Promise<Run> {
  const { store } = with_;
  const started = await begin(task, with_);
  const receiver = new Receiver(task, with_);
  const end = (outcome: Run['outcome'], counts: Run['counts'], failure?: Failure) =>
    ended({ ...started, ...receiver.about(), outcome, counts }, with_, failure);
  let source: Source | null = null;
  let isSealed = false;
  try {
    await applySealed(with_);
    await with_.identity.reload();
    source = await task.openSource();
    await store.intake.open(task.run, task.module);
    const since = await store.intake.checkpoint(task.module, '');
    const checkpoint = await readAll(task, source, since, receiver, with_);
    await receiver.tryAgain();
    const held = await removeWhatMay(task, with_, receiver);
    await receiver.keepMessages();
    await with_.identity.keep();
    await store.intake.seal(task.run, task.module, { '': checkpoint }, receiver.settled());
    isSealed = true;
    const { invalid, repetitions } = await applySealed(with_);
    receiver.remarkRepetitions(repetitions);
    await source.accepted?.();
    const counts = { ...receiver.counts(), invalid };
    if (held === null) return await end('done', counts);
    return await end('held', { ...counts, withheld: held.parts }, held.failure);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    // Its checkpoint has moved: what is sealed is applied by the next run.
    if (!isSealed) await store.intake.finish(task.run);
    const outcome = failure.recovery === 'hold' ? 'held' : 'failed';
    return await end(outcome, receiver.counts(), failure);
  } finally {
    await source?.close();
  }
}

async function begin(task: IntakeTask, { store, now }: IntakeSurroundings): Promise<Run> {
  const run = beginningRun(task.run, 'intake', task.module, now());
  await store.runs.put(run);
  return run;
}

async function ended(
  before: Run,
  { store, now, log, onProgress }: IntakeSurroundings,
  failure?: Failure,
): Promise<Run> {
  const trouble = failure?.toTrouble() ?? null;
  const run: Run = { ...before, endedAt: now(), trouble };
  await store.runs.put(run);
  const { subject, outcome } = run;
  const done = run.counts['records'] ?? 0;
  onProgress({ step: `intake ${subject}`, done, total: done, ended: true });
  log.info(
    { run: run.id, source: run.subject, outcome, code: trouble?.code ?? null },
    'intake ended',
  );
  return run;
}

/** Receives every batch; answers the newest checkpoint. */
async function readAll(
  task: IntakeTask,
  source: Source,
  since: Json,
  receiver: Receiver,
  { now }: IntakeSurroundings,
): Promise<Json> {
  let checkpoint = since;
  for await (const batch of source.read(since, task.signal)) {
    refuseOld(task, batch, now());
    await receiver.receive(batch);
    if (batch.checkpoint !== null) checkpoint = batch.checkpoint;
  }
  task.signal.throwIfAborted();
  const unfinished = receiver.unfinishedStreams();
  if (unfinished.length > 0) {
    const text = `${task.module}: the source ended before the end of ${unfinished.join(', ')}`;
    throw new InvalidFailure('FILE_DAMAGED', text);
  }
  return checkpoint;
}

/** A whole set that was made long ago would undo what has happened since. */
function refuseOld({ module, rules }: IntakeTask, { mode, asOf }: RecordBatch, now: number): void {
  if (mode !== 'full' || asOf === undefined || rules.maxAgeMs === null) return;
  if (now - asOf <= rules.maxAgeMs) return;
  const [hours, most] = [now - asOf, rules.maxAgeMs].map((ms) => Math.floor(ms / HOUR_MS));
  const text = `${module}: what was sent was made ${hours} hours ago, longer ago than its maxAge of ${most} hours`;
  throw new InvalidFailure('SOURCE_STALE', text);
}
