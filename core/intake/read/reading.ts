import type { RecordBatch, Source } from '../../connector/connector.ts';
import { InvalidFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Json } from '../../message/message.ts';
import { hasTakenIn } from '../../store/run-store.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import { RecordCleaner } from '../stream/clean-records.ts';
import { DatedMappings, forgetReading, isSameAgain, noteReading } from '../stream/same-again.ts';
import type { Receiver } from './receive.ts';

const HOUR_MS = 3_600_000;
/** The last delivery that was taken in is among so many runs, or is too long ago to matter. */
const RUNS = 200;

/** Where the next read begins, and whether more lies behind that already. */
export interface ReadTo {
  readonly checkpoint: Json;
  readonly more: boolean;
}

/** Reads one source: what is the same as before not at all, all else cleaned, to its end. */
export class Reading {
  readonly task: IntakeTask;
  readonly #context: IntakeContext;
  readonly #cleaner = new RecordCleaner();
  readonly #dated: DatedMappings;
  #isSame = false;

  constructor(task: IntakeTask, context: IntakeContext) {
    this.#dated = new DatedMappings(task.mappings);
    this.task = { ...task, mappings: this.#dated.mappings };
    this.#context = context;
  }

  async read(source: Source, since: Json, receiver: Receiver): Promise<ReadTo> {
    this.#isSame = await isSameAgain(this.task, source, since, this.#context);
    if (this.#isSame) return { checkpoint: since, more: false };
    return this.#readAll(source, since, receiver);
  }

  /** As long as it has not all been taken in, the same files are read again. */
  async forget(): Promise<void> {
    await forgetReading(this.task, this.#context);
  }

  /**
   * Once all was taken in: until when the same files need not be read again, and, where nothing is
   * withheld, which blocks of others need not be.
   */
  async note(receiver: Receiver | null): Promise<void> {
    await receiver?.blocks.keep(receiver.fullStreams().keys());
    await noteReading(this.task, this.#dated.until, this.#context);
  }

  /** `same`: 1 where nothing was read. */
  counts(): Readonly<Record<string, number>> {
    return { cleaned: this.#cleaner.cleaned, same: Number(this.#isSame) };
  }

  async #readAll(source: Source, since: Json, receiver: Receiver): Promise<ReadTo> {
    const { module } = this.task;
    const { signal } = this.#context;
    const refuseOld = await ageGuard(this.task, this.#context);
    let checkpoint = since;
    let more = false;
    for await (const batch of source.read(since, signal, receiver.blocks.knownTo(this.#cleaner))) {
      refuseOld(batch);
      await receiver.receive(batch, this.#cleaner);
      if (batch.checkpoint !== null) checkpoint = batch.checkpoint;
      more = batch.more ?? more;
    }
    signal.throwIfAborted();
    const unfinished = receiver.streams.unfinished();
    if (unfinished.length > 0) {
      const said = saying('endedBefore', { module, streams: unfinished });
      throw new InvalidFailure('FILE_DAMAGED', said);
    }
    return { checkpoint, more };
  }
}

/**
 * Refuses a whole set that was made longer ago than the source's maxAge: it would undo what has
 * happened since. Where nothing was taken in before, or it was as old when it came, age says
 * nothing: so it is in a trial, with the files of another year.
 */
async function ageGuard(
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
