import type { RecordBatch, RecordFault, SourceRecord } from '../../core/plugin.ts';
import type { ReadElement, StreamRecord } from './ims-element.ts';

interface Gathered {
  readonly records: SourceRecord[];
  readonly faults: RecordFault[];
}

/**
 * Records and list items after which a batch is passed on: the store works best by the thousand.
 */
const ENOUGH = 1000;

/** Gathers what elements give until there is enough for a batch of each stream. */
export class Gathering {
  readonly #mode: RecordBatch['mode'];
  readonly #file: string;
  #weight = 0;
  #streams = new Map<string, Gathered>();

  constructor(mode: RecordBatch['mode'], file: string) {
    this.#mode = mode;
    this.#file = file;
  }

  add({ records, faults }: ReadElement): void {
    for (const record of records) {
      this.#of(record.stream).records.push(this.#sourceRecord(record));
      this.#weight += weightOf(record);
    }
    for (const { stream, ...fault } of faults) this.#of(stream).faults.push(fault);
    this.#weight += faults.length;
  }

  isFull(): boolean {
    return this.#weight >= ENOUGH;
  }

  /** What was gathered, one batch for each stream; begins anew. */
  take(): readonly RecordBatch[] {
    const gathered = [...this.#streams];
    this.#streams = new Map();
    this.#weight = 0;
    return gathered.map(([stream, { records, faults }]) => {
      return { stream, mode: this.#mode, records, faults, last: false, checkpoint: null };
    });
  }

  #of(stream: string): Gathered {
    const present = this.#streams.get(stream);
    if (present !== undefined) return present;
    const gathered = { records: [], faults: [] };
    this.#streams.set(stream, gathered);
    return gathered;
  }

  #sourceRecord({ isDeletion, value, line }: StreamRecord): SourceRecord {
    return { operation: isDeletion ? 'delete' : 'upsert', value, file: this.#file, line };
  }
}

function weightOf({ value }: StreamRecord): number {
  const { members } = value;
  return 1 + (Array.isArray(members) ? members.length : 0);
}
