import type { Source } from '../../connector/connector.ts';
import { InvalidFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Json } from '../../message/message.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import { RecordCleaner } from './clean-records.ts';
import type { Receiver } from './receive.ts';
import { ageGuard } from './refuse-old.ts';
import { DatedMappings, forgetReading, isSameAgain, noteReading } from './same-again.ts';

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

  /** Once all was taken in: until when the same files need not be read again. */
  async note(): Promise<void> {
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
    for await (const batch of source.read(since, signal)) {
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
