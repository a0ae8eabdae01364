import type { RecordBatch } from '../../connector/connector.ts';
import type { InboundMapping } from '../../mapping/compiled.ts';
import { idOf } from '../../message/digest.ts';
import type { JsonObject, Message, Problem } from '../../message/message.ts';
import type { QuarantinedRecord } from '../../store/quarantine-store.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import { messageOf } from './set-aside.ts';

/** Which entity a bad record would have become is not known. */
const NOBODY = { kind: '', id: '' } as const;
/** Of one run. Where more are bad, the file as a whole is: those heal with the next one. */
const MOST_KEPT = 10_000;

type OfStream = Pick<RecordBatch, 'stream' | 'mode'>;
/** A record that was set aside. */
type RecordAside = Pick<QuarantinedRecord, 'value' | 'file' | 'line' | 'isUnread'>;

/** What is set aside, and the mappings that were to make something of it. */
export interface Aside {
  readonly stream: string;
  readonly ids: readonly string[];
  /** What it is called among the records of its stream; its first id unless it is said. */
  readonly name?: string | undefined;
  readonly by: readonly InboundMapping[];
  readonly record?: RecordAside | undefined;
}

/**
 * The records of one run that could not be taken in: messages that say where and why, without
 * content, and the records themselves, to be tried again.
 */
export class Quarantine {
  readonly #task: IntakeTask;
  readonly #context: IntakeContext;
  /** Stream and name of every bad record of this run -> the mappings that want it still. */
  readonly #bad = new Map<string, Set<InboundMapping>>();
  /** Of this run, by id. */
  readonly #messages = new Map<string, Message>();
  /** Of earlier runs, tried again in vain. */
  readonly #again: Message[] = [];
  readonly #records = new Map<string, QuarantinedRecord>();
  readonly #resolved = new Set<string>();
  /** What changes of this run have told: by its id the name, and the mappings that took it. */
  readonly #news = new Map<string, { readonly name: string; readonly by: Set<InboundMapping> }>();

  constructor(task: IntakeTask, context: IntakeContext) {
    this.#task = task;
    this.#context = context;
  }

  get size(): number {
    return this.#messages.size;
  }

  /** Whether a record of this run was bad, whatever became of that. */
  get hasBad(): boolean {
    return this.#bad.size > 0;
  }

  /** What could be read of a record that could not be as a whole only says whose it is. */
  add({ stream, ids, by, record, name: called }: Aside, problem: Problem): void {
    const name = called ?? ids[0] ?? `${problem.place?.file}:${problem.place?.line}`;
    const { module: source } = this.#task;
    const id = quarantineId(source, stream, name);
    const wantedBy = this.#bad.get(`${stream}/${name}`) ?? [];
    this.#bad.set(`${stream}/${name}`, new Set([...wantedBy, ...by]));
    this.#messages.set(id, this.#messageOf(id, stream, problem));
    if (record === undefined || this.#records.size >= MOST_KEPT) return;
    const { value, file, line, isUnread } = record;
    const connector = by[0]?.from.connector;
    const of = connector === undefined ? {} : { connector };
    const kept = { id, source, stream, value, file, line, ...of };
    this.#records.set(id, isUnread === true ? { ...kept, isUnread } : kept);
  }

  /** A record of an earlier run is bad still, or for another reason. */
  addAgain({ id, stream }: QuarantinedRecord, problem: Problem): void {
    this.#again.push(this.#messageOf(id, stream, problem));
  }

  /**
   * Of records of earlier runs those that are to be tried again: they have not come anew in this
   * one, good or bad, also where another mapping of the stream has made something under their name.
   * What a whole set has taken the place of is over, and so is what another binding has set aside
   * once any whole set of this one has come.
   */
  async waitingAmong(
    records: readonly QuarantinedRecord[],
    isWhole: (stream: string) => boolean,
    hasWhole: boolean,
  ): Promise<readonly QuarantinedRecord[]> {
    const { mappings } = this.#task;
    for (const one of records) if (this.#isOfOthers(one)) this.#resolved.delete(one.id);
    const left = records.filter(({ id }) => !this.#messages.has(id) && !this.#resolved.has(id));
    const discarded = await this.#discardedAmong(left);
    const isOver = (one: QuarantinedRecord) =>
      isOfOtherBinding(one, mappings) ? hasWhole : isWhole(one.stream);
    for (const one of left) if (isOver(one) || discarded.has(one.id)) this.resolve(one.id);
    return left.filter((one) => {
      if (this.#resolved.has(one.id) || one.isUnread === true) return false;
      return !isOfOtherBinding(one, mappings);
    });
  }

  /** A record that a person has discarded is swept now: until here that could be undone. */
  async #discardedAmong(records: readonly QuarantinedRecord[]): Promise<ReadonlySet<string>> {
    const ids = records.map(({ id }) => id);
    const ended = await this.#context.store.messages.ended(ids);
    return new Set(ended.filter(({ how }) => how === 'discarded').map(({ message }) => message.id));
  }

  #isOfOthers({ id, value, isUnread }: QuarantinedRecord): boolean {
    const news = this.#news.get(id);
    if (news === undefined || isUnread === true) return false;
    return ![...news.by].some((by) => namesIn(value, by, 'delta').includes(news.name));
  }

  /**
   * Notes a record of which a mapping has made something, or that is gone. In a whole set that says
   * something only where a bad one of the same name came before it, and of what the same mapping is
   * to make: others make other parts.
   */
  noteGood({ stream, mode }: OfStream, value: JsonObject, by: InboundMapping): void {
    if (mode === 'full' && this.#bad.size === 0) return;
    for (const name of namesIn(value, by, mode)) {
      const id = quarantineId(this.#task.module, stream, name);
      const wantedBy = this.#bad.get(`${stream}/${name}`);
      if (wantedBy?.delete(by) === true && wantedBy.size === 0) {
        this.#messages.delete(id);
        this.#records.delete(id);
      }
      if (mode === 'full') continue;
      const news = this.#news.get(id) ?? { name, by: new Set() };
      this.#news.set(id, { ...news, by: news.by.add(by) });
      this.resolve(id);
    }
  }

  resolve(id: string): void {
    this.#resolved.add(id);
  }

  /** Ids of what earlier runs set aside, and is not to be tried again once this run is applied. */
  settled(): readonly string[] {
    return [...this.#resolved, ...this.#messages.keys()].filter((id) => !this.#records.has(id));
  }

  /** Keeps the messages. After a full read, whatever this run did not set aside is resolved. */
  async keep(isFull: boolean): Promise<void> {
    const { messages, quarantine } = this.#context.store;
    await quarantine.put([...this.#records.values()]);
    await messages.put([...this.#messages.values(), ...this.#again]);
    if (isFull) await messages.removeStale(this.#task.module, ['inbound'], this.#task.run);
    await messages.forgetEnded([...this.#resolved]);
    const open = await messages.get([...this.#resolved].filter((id) => !this.#messages.has(id)));
    await messages.settle(open.map((message) => ({ message, result: { kind: 'superseded' } })));
  }

  #messageOf(id: string, objectKind: string, problem: Problem): Message {
    const { module: target, run } = this.#task;
    const about = { target, objectKind, origin: NOBODY, key: id, run, problem };
    return messageOf({ id, type: 'inbound', ...about }, this.#context.now());
  }
}

/**
 * The mappings that may read a record that was set aside: what another connector has read has
 * another form, in which a field of the same name, or none, would be taken for something else.
 */
export function readersOf(
  { stream, connector }: QuarantinedRecord,
  mappings: readonly InboundMapping[],
): readonly InboundMapping[] {
  const own = mappings.filter(({ from }) => from.stream === stream);
  return connector === undefined ? own : own.filter(({ from }) => from.connector === connector);
}

/** Whether a record was set aside under another binding than that of these mappings. */
export function isOfOtherBinding(
  { connector }: QuarantinedRecord,
  mappings: readonly InboundMapping[],
): boolean {
  if (connector === undefined) return false;
  return !mappings.some(({ from }) => from.connector === connector);
}

/** Whose a record is that a mapping can make nothing of. */
export function whoseIs(
  value: JsonObject,
  mapping: InboundMapping,
): Pick<Aside, 'ids' | 'name' | 'by'> {
  return { ids: mapping.externalIds(value), name: mapping.names(value)[0], by: [mapping] };
}

/**
 * What a record may have been called when it was bad. In a change, a bad one of which the id alone
 * could be read is the one that comes now; of a whole set it is another.
 */
function namesIn(
  value: JsonObject,
  by: InboundMapping,
  mode: RecordBatch['mode'],
): readonly string[] {
  const names = by.names(value);
  return mode === 'full' ? names : [...new Set([...names, ...by.externalIds(value)])];
}

/** The id of the message about a record that could not be taken in. */
export function quarantineId(module: string, stream: string, record: string): string {
  return idOf('inbound', module, stream, record);
}
