import type { InboundMapping } from '../../mapping/compiled.ts';
import type { Quarantine } from '../aside/quarantine.ts';
import type { Yields } from '../aside/yields.ts';
import type { IntakeContext, IntakeTask } from '../intake-task.ts';
import type { RecordCleaner } from '../stream/clean-records.ts';
import type { Deletions } from '../stream/deletions.ts';
import type { DeliveryOrder } from '../stream/delivery-order.ts';
import type { StreamState } from '../stream/stream-states.ts';
import type { KnownRecords } from './known-records.ts';
import type { KnownRecord } from './known-stream.ts';

/** What a run notes of each record, and has said so far. */
export interface Noting {
  readonly known: KnownRecords;
  readonly quarantine: Quarantine;
  readonly deletions: Deletions;
  readonly order: DeliveryOrder;
  readonly yields: Yields;
  readonly counts: { unchanged: number };
}

/** The stream of a record, and what waits to be staged before it. */
export interface Place {
  readonly stream: string;
  readonly mappings: readonly InboundMapping[];
  readonly state: StreamState;
  readonly cleaner: RecordCleaner;
  /** Numbers of those parts in the order of the delivery. */
  readonly waiting: ReadonlySet<number>;
}

/** Passes records over that are known: they made what is kept, and would make it again. */
export class Passing {
  readonly #run: string;
  readonly #context: IntakeContext;
  readonly #noting: Noting;

  constructor({ run }: IntakeTask, context: IntakeContext, noting: Noting) {
    this.#run = run;
    this.#context = context;
    this.#noting = noting;
  }

  /**
   * Notes all that a run notes of a record, or of several, which make what is kept. False, and
   * nothing is noted, where this run has said something that they may bear on: they must be read.
   */
  async passesOver(one: KnownRecord, place: Place): Promise<boolean> {
    const { known, deletions, quarantine, order, yields, counts } = this.#noting;
    const { numbers, makings } = one;
    if (!known.isSound || !deletions.isEmpty) return false;
    // Of a record with other ids it is not known whether one of them was bad before.
    if (quarantine.hasBad && !makings.every(({ isNamed }) => isNamed)) return false;
    // What waits to be staged is met by the store only then.
    if (makings.some((making) => place.waiting.has(making.order))) return false;
    if (!(await this.#context.store.intake.passOver(this.#run, numbers))) return false;
    const made = new Map(place.mappings.map((mapping) => [mapping, 0]));
    for (const making of makings) {
      const by = place.mappings[making.mapping];
      if (by !== undefined) made.set(by, (made.get(by) ?? 0) + 1);
      order.noteNumber(place.stream, making.order);
      if (making.place === 0 && making.isCleaned) place.cleaner.countCleaned();
    }
    yields.note(place.stream, made);
    place.state.parts += numbers.length;
    counts.unchanged += numbers.length;
    return true;
  }
}
