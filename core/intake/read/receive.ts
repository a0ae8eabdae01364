import type { RecordBatch, RecordFault, SourceRecord } from '../../connector/connector.ts';
import type { InboundMapping, PartDraft } from '../../mapping/compiled.ts';
import { judgedUntil } from '../../mapping/language/dates.ts';
import { FOREVER } from '../../message/dates.ts';
import type { Problem } from '../../message/message.ts';
import type { QuarantinedRecord } from '../../store/quarantine-store.ts';
import type { Run } from '../../store/run-store.ts';
import { keepLastGood, partIn, type Whose, whoseIsFault } from '../aside/last-good.ts';
import { type Aside, Quarantine, readersOf, whoseIs } from '../aside/quarantine.ts';
import { Yields } from '../aside/yields.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import { BlocksOfRun } from '../known/known-blocks.ts';
import { KnownRecords } from '../known/known-records.ts';
import { Passing, type Place } from '../known/passing.ts';
import { RecordPrint } from '../known/record-print.ts';
import type { Repetitions } from '../merge/repetitions.ts';
import { Hearing } from '../protection/hearing.ts';
import type { Protections } from '../protection/protections.ts';
import { type About, blame, isMade, madeOf, problemIn } from '../stream/blame.ts';
import { cleanFault, type RecordCleaner } from '../stream/clean-records.ts';
import { Deletions } from '../stream/deletions.ts';
import { DeliveryOrder, numberOf } from '../stream/delivery-order.ts';
import { type StreamState, StreamStates } from '../stream/stream-states.ts';
import { departuresWith } from './departures.ts';
import { PartMaker } from './make-parts.ts';
import { type Change, Staging } from './staging.ts';

/** A batch while its records are taken. */
interface Taking extends Place {
  readonly batch: RecordBatch;
  /** What waits to be staged, and the numbers of those parts in the order of the delivery. */
  readonly changes: Change[];
  readonly waiting: Set<number>;
}

/** Takes the batches of one run, stages what they say, sets bad records aside, and counts. */
export class Receiver {
  readonly #task: IntakeTask;
  readonly #context: IntakeContext;
  readonly parts: PartMaker;
  readonly #known: KnownRecords;
  readonly #passing: Passing;
  readonly blocks: BlocksOfRun;
  readonly #quarantine: Quarantine;
  readonly streams = new StreamStates();
  readonly #order = new DeliveryOrder();
  readonly #yields = new Yields();
  readonly #hearing: Hearing;
  readonly #deletions = new Deletions();
  readonly #remarks: Problem[];
  #asOf: number | null = null;
  readonly #staging: Staging;

  constructor(task: IntakeTask, context: IntakeContext, protections: Protections) {
    [this.#task, this.#context] = [task, context];
    this.#remarks = [...task.remarks];
    this.#quarantine = new Quarantine(task, context);
    this.#known = new KnownRecords(task, context);
    const keeping = { protections, quarantine: this.#quarantine, deletions: this.#deletions };
    this.parts = new PartMaker(task, context, keeping);
    this.#hearing = new Hearing(task.module, context, this.parts.mapping, protections);
    this.#staging = new Staging(context.store.intake, task.run);
    this.#passing = new Passing(task, context, {
      ...{ ...keeping, known: this.#known, order: this.#order, yields: this.#yields },
      counts: this.#staging.counts,
    });
    const noting = { known: this.#known, passing: this.#passing, yields: this.#yields };
    this.blocks = new BlocksOfRun(task, context, { ...noting, streams: this.streams });
  }

  async receive(batch: RecordBatch, cleaner: RecordCleaner): Promise<void> {
    const { stream, records, last } = batch;
    const state = this.streams.of(batch);
    this.#remarks.push(...(batch.remarks ?? []));
    this.#asOf = batch.asOf ?? this.#asOf;
    const mappings = this.#task.mappings.filter(({ from }) => from.stream === stream);
    const waits = { changes: [], waiting: new Set<number>() };
    const taking: Taking = { batch, stream, mappings, state, cleaner, ...waits };
    const meet = await this.#known.of(batch);
    const count = { records: records.length, faults: batch.faults.length };
    this.#yields.begin(batch, count, mappings);
    const digests: (string | null)[] = [];
    for (const record of records) {
      const met = record.operation === 'upsert' ? meet?.(record) : null;
      digests.push(met?.digest ?? null);
      if (met?.known != null && (await this.#passing.passesOver(met.known, taking))) continue;
      await this.#take(record, met?.digest ?? null, taking);
    }
    this.blocks.note(batch, digests);
    const faults = batch.faults.map(cleanFault);
    for (const fault of faults) await this.#takeFault(fault, stream, mappings, state);
    state.ended ||= last;
    await this.#staging.stage(taking.changes);
    const step = `intake ${this.#task.module}`;
    this.#context.onProgress({ step, done: this.#yields.records, total: null, ended: false });
  }

  async #take(raw: SourceRecord, digest: string | null, taking: Taking): Promise<void> {
    const { batch, mappings, state, cleaner, changes, waiting } = taking;
    const { record, isCleaned, hasFormula, remarks } = cleaner.cleanOne(batch.stream, raw);
    this.#remarks.push(...remarks);
    this.#hearing.hearOthers(record, mappings);
    const note = (news: readonly Change[]) => {
      changes.push(...news);
      for (const one of news) waiting.add(numberOf('put' in one ? one.put : one.remove));
    };
    if (record.operation === 'delete') {
      for (const mapping of mappings) note(await this.#removals(record, batch, mapping, state));
      return;
    }
    const print = digest === null || hasFormula ? null : new RecordPrint(digest);
    const made = new Map<InboundMapping, number | null>();
    for (const [at, mapping] of mappings.entries()) {
      const convert = () => mapping.convert(record.value, this.parts.mapping);
      const { result: drafts, until } = judgedUntil(convert);
      if (until !== FOREVER) print?.spoil();
      made.set(mapping, madeOf(drafts));
      const about = { record, batch, mapping, state };
      note(await this.#changes(drafts, about, changes, { print, mapping: at }));
    }
    this.#yields.note(batch.stream, made);
    const isGood = [...made.values()].every((count) => count !== null);
    const isNamed = mappings.every((one) => one.isSingle && made.get(one) === 1);
    if (isGood && this.#known.isSound) print?.end({ isCleaned, isNamed });
  }

  /**
   * What became nothing is told, and what a whole set says twice, and not the same; in a delta the
   * later is the news.
   */
  remark(repetitions: Repetitions): void {
    this.#remarks.push(...this.#hearing.remarks(), ...this.#yields.remarks(this.#task.module));
    const streams = [...this.fullStreams().keys()];
    this.#remarks.push(...repetitions.remarksOf(this.#task.module, streams));
  }

  /**
   * Keeps the messages of records that could not be taken in, without those that are resolved, and
   * the order of whole sets, with which the next ones are compared.
   */
  async keep(): Promise<void> {
    await this.#deletions.keep(this.#context.store);
    await this.#quarantine.keep(this.streams.hasFull);
    await this.#order.keep(this.#context.store, this.#task.module, this.fullStreams().keys());
  }

  /** Full streams that came to their end. */
  fullStreams(): ReadonlyMap<string, StreamState> {
    return this.streams.full();
  }

  /** Ids of what earlier runs set aside, and is not to be tried again once this run is applied. */
  settled(): readonly string[] {
    return this.#quarantine.settled();
  }

  countRemoved(parts: number): void {
    this.#staging.counts.removed += parts;
  }

  counts(): Readonly<Record<string, number>> {
    const [{ records, leftOut }, { size: quarantined }] = [this.#yields, this.#quarantine];
    return { records, ...this.#staging.counts, leftOut, quarantined };
  }

  /** What the source says of its files beside their records. */
  about(): Pick<Run, 'asOf' | 'isWhole' | 'remarks' | 'streams'> {
    const isWhole = this.fullStreams().size > 0;
    const read = { isWhole, streams: this.#yields.byStream() };
    const told = this.#asOf === null ? read : { ...read, asOf: this.#asOf };
    return this.#remarks.length === 0 ? told : { ...told, remarks: this.#remarks };
  }

  /** What of a record could be read says whose it is, and whether it protects. */
  async #takeFault(
    fault: RecordFault,
    stream: string,
    mappings: readonly InboundMapping[],
    state: StreamState,
  ): Promise<void> {
    const { failure, externalId, value, unread } = fault;
    await this.#hearing.hearReadings(fault, mappings);
    const at = failure.place ?? undefined;
    const read = value === undefined ? [] : mappings;
    for (const one of read) this.#hearing.hear(value ?? {}, one, true, at, unread);
    const whose = whoseIsFault(fault, mappings, this.parts.mapping);
    const ids = [...(externalId === undefined ? [] : [externalId]), ...whose.map(({ id }) => id)];
    const named = new Set(whose.flatMap(({ id, by }) => (id === ids[0] ? [by] : [])));
    const by = named.size > 0 ? [...named] : mappings;
    const name = read.flatMap((one) => one.names(value ?? {}))[0];
    const isPlaced = value !== undefined && at?.file !== undefined && at.line != null;
    const unreadable = { isUnread: true } as const;
    const record = isPlaced ? { value, file: at.file, line: at.line, ...unreadable } : undefined;
    const aside = { stream, ids, name, by, record };
    await this.#setAside(aside, whose, failure.toProblem(), state);
  }

  async #removals(
    record: SourceRecord,
    batch: RecordBatch,
    mapping: InboundMapping,
    state: StreamState,
  ): Promise<readonly Change[]> {
    const { stream, mode } = batch;
    const gone = mapping.identifyDeleted(record.value, this.parts.mapping);
    this.#hearing.hear(record.value, mapping, !isMade(gone), record);
    if (!isMade(gone)) {
      const aside = { stream, ...whoseIs(record.value, mapping) };
      const whose = aside.ids.map((id) => ({ id, part: undefined, by: mapping }));
      await this.#setAside(aside, whose, blame(gone, record), state);
      return [];
    }
    this.#quarantine.noteGood(batch, record.value, mapping);
    const { module: source } = this.#task;
    const told = { patcher: this.parts.patcher, isWhole: this.streams.isWhole };
    const changes: Change[] = [];
    for (const part of gone) {
      changes.push({ remove: { ...part, source, stream } });
      if (!mapping.isSupplement) this.#deletions.note(part.entity);
      this.parts.patcher.note({ ...part, stream }, {});
      if (mode === 'full' || mapping.isSupplement) continue;
      changes.push(...(await departuresWith(part.entity, source, told, this.#context)));
    }
    return changes;
  }

  async #changes(
    drafts: readonly PartDraft[] | Problem,
    { record, batch, mapping, state }: About,
    before: Change[],
    by: { readonly print: RecordPrint | null; readonly mapping: number },
  ): Promise<readonly Change[]> {
    const { stream, mode } = batch;
    const problem = problemIn(drafts);
    const about = problem ? this.#hearing.hear(record.value, mapping, true, record) : [];
    const aside = () => ({ stream, ...whoseIs(record.value, mapping), record });
    if (!isMade(drafts)) {
      // What came before it in this batch comes first: the store must know what stands.
      await this.#staging.stage(before.splice(0));
      const parts = about.map((part) => ({ ...part, source: this.#task.module, stream }));
      await this.#context.store.intake.takeBack(this.#task.run, parts);
      const part = partIn(mapping, about);
      const whose = mapping.externalIds(record.value).map((id) => ({ id, part, by: mapping }));
      await this.#setAside(aside(), whose, blame(drafts, record), state);
      return [];
    }
    // Of a whole set, what is left out says nothing of another record; a change is the news of it.
    if (problem !== undefined) this.#quarantine.add(aside(), blame(problem, record));
    else if (drafts.length > 0 || mode === 'delta')
      this.#quarantine.noteGood(batch, record.value, mapping);
    state.parts += drafts.length;
    if (mode === 'full') this.#order.note(stream, drafts);
    return this.parts.changesOf(drafts, { stream, record, ...by });
  }

  /**
   * Tries what was set aside before and has not come anew: what it lacked may be there by now. Of
   * a whole set, what has not come is gone.
   */
  async tryAgain(): Promise<void> {
    await this.streams.endUnread(this.#task, this.#context.store);
    const full = this.fullStreams();
    for await (const records of this.#context.store.quarantine.scan(this.#task.module)) {
      const isWhole = (stream: string) => full.has(stream);
      const waiting = await this.#quarantine.waitingAmong(records, isWhole, full.size > 0);
      for (const one of waiting) await this.#tryOneAgain(one);
    }
  }

  async #tryOneAgain(one: QuarantinedRecord): Promise<void> {
    const { stream, value } = one;
    const record: SourceRecord = { operation: 'upsert', ...one };
    const mappings = readersOf(one, this.#task.mappings);
    const converted = mappings.map((mapping) => mapping.convert(value, this.parts.mapping));
    const problem = converted.map(problemIn).find((one) => one !== undefined);
    if (problem !== undefined) {
      for (const mapping of mappings) this.#hearing.hear(value, mapping, true, one);
      this.#quarantine.addAgain(one, blame(problem, record));
      return;
    }
    const making = { stream, record, print: null, mapping: 0 };
    await this.#staging.stage(await this.parts.changesOf(converted.filter(isMade).flat(), making));
    this.#quarantine.resolve(one.id);
  }

  async #setAside(
    aside: Aside,
    whose: readonly Whose[],
    problem: Problem,
    state: StreamState,
  ): Promise<void> {
    const { stream } = aside;
    await keepLastGood(whose, problem, { stream, state }, this.#task, this.#context);
    state.parts += 1;
    this.#quarantine.add(aside, problem);
  }
}
