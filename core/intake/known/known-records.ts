import type { RecordBatch, SourceRecord } from '../../connector/connector.ts';
import { digestOf } from '../../message/digest.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import { rulesOf } from '../stream/same-again.ts';
import { type KnownRecord, KnownStream } from './known-stream.ts';
import { digestOfRecord, PRINT_BYTES } from './record-print.ts';

/** A record of a whole set, by its digest, and what is known of it. */
export interface Met {
  readonly digest: string;
  readonly known: KnownRecord | null;
}

/**
 * The records that earlier runs have read, as far as what they made is kept as they made it. The
 * same record under the same rules makes the same parts, so that it need not be mapped again.
 */
export class KnownRecords {
  readonly #task: IntakeTask;
  readonly #context: IntakeContext;
  readonly #streams = new Map<string, KnownStream>();
  #rules: string | null = null;
  #identities = 0;

  constructor(task: IntakeTask, context: IntakeContext) {
    this.#task = task;
    this.#context = context;
  }

  /**
   * How a record of the batch is looked up; null where all of them must be read: in a delta a
   * record says that something has changed, and once two persons have become one, an id may lead
   * elsewhere.
   */
  async of({ stream, mode, last }: RecordBatch): Promise<((record: SourceRecord) => Met) | null> {
    if (mode !== 'full') return null;
    const found = await this.ofStream(stream);
    if (last) this.#streams.delete(stream);
    if (found === null) return null;
    const { rules, known } = found;
    return ({ value, others }) => {
      const digest = digestOfRecord(rules, JSON.stringify(value));
      // What else it says is in no digest.
      return { digest, known: others === undefined ? known.find(digest) : null };
    };
  }

  /** What is known of a whole set, and the rules that are in each digest; null as above. */
  async ofStream(
    stream: string,
  ): Promise<{ readonly rules: string; readonly known: KnownStream } | null> {
    this.#rules ??= this.#rulesNow();
    if (!this.isSound) return null;
    const known = this.#streams.get(stream) ?? (await this.read(stream));
    this.#streams.set(stream, known);
    return { rules: `${this.#rules} ${stream} `, known };
  }

  /** Whether ids still lead where they led when the run began. */
  get isSound(): boolean {
    return this.#context.identity.changes === this.#identities;
  }

  /** All that decides what a mapping makes of a record beside the record. */
  #rulesNow(): string {
    const { canonical, config, identity } = this.#context;
    this.#identities = identity.changes;
    const ownership = [...config.ownership].map(([kind, owners]) => {
      return [kind, [...owners].map(([field, sources]) => [field, sources])];
    });
    const owners = JSON.stringify(ownership);
    return digestOf([rulesOf(this.#task, canonical), owners, identity.state()]);
  }

  /** The parts of a stream as they are kept now. */
  async read(stream: string): Promise<KnownStream> {
    const known = new KnownStream();
    const { intake } = this.#context.store;
    for await (const page of intake.prints(this.#task.module, stream, PRINT_BYTES)) known.add(page);
    return known;
  }
}
