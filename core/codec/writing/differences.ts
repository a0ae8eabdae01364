import { digestOf } from '../../message/digest.ts';
import type { JsonObject } from '../../message/message.ts';
import type { Change } from '../layout/write-rules.ts';
import type { WrittenLayout } from './row-form.ts';

/** What was sent of each record: `["<stream>", ...key]` as JSON -> digest of the record. */
export type Picture = ReadonlyMap<string, string>;

/** A record that is not there any more: its key alone. */
export interface GoneRecord {
  readonly stream: string;
  readonly record: JsonObject;
}

/** Compares a set, record by record, with what was sent before. */
export class Differences {
  readonly #streams: ReadonlyMap<string, WrittenLayout>;
  readonly #before: Picture;
  readonly #closed: ReadonlySet<string>;
  readonly #now = new Map<string, string>();
  readonly #periods = new Set<string>();

  /** `closed`: the periods that were sent. */
  constructor(
    streams: ReadonlyMap<string, WrittenLayout>,
    before: Picture,
    closed: readonly string[],
  ) {
    this.#streams = streams;
    this.#before = before;
    this.#closed = new Set(closed);
  }

  /** The periods that the set speaks of. */
  get periods(): readonly string[] {
    return [...this.#periods].sort();
  }

  /** Whether the set has a period that was never sent. */
  get hasFreshPeriod(): boolean {
    return this.periods.some((period) => !this.#closed.has(period));
  }

  /** What became of a record; null for nothing. */
  judge(stream: string, record: JsonObject): Change | null {
    const { key = [], period } = this.#streams.get(stream)?.write ?? {};
    const name = JSON.stringify([stream, ...key.map((column) => record[column] ?? '')]);
    const digest = digestOf(record);
    const before = this.#before.get(name);
    this.#now.set(name, digest);
    const spokenOf = period === undefined ? null : String(record[period] ?? '');
    if (spokenOf !== null) this.#periods.add(spokenOf);
    if (before === digest) return null;
    if (before !== undefined) return 'changed';
    return spokenOf === null || this.#closed.has(spokenOf) ? 'new' : 'first';
  }

  /**
   * What is gone of what was sent. Of periods before all that the set speaks of nothing is known:
   * what was sent of them stays as it was.
   */
  gone(): readonly GoneRecord[] {
    const [oldest = ''] = this.periods;
    const gone: GoneRecord[] = [];
    for (const [name, digest] of this.#before) {
      if (this.#now.has(name)) continue;
      const [stream = '', ...values]: string[] = JSON.parse(name);
      const { key = [], period } = this.#streams.get(stream)?.write ?? {};
      const record = Object.fromEntries(key.map((column, at) => [column, values[at] ?? '']));
      const isPast = period !== undefined && String(record[period] ?? '') < oldest;
      if (isPast) this.#now.set(name, digest);
      else gone.push({ stream, record });
    }
    return gone;
  }

  /** What will have been sent; asked for when all is judged, and `gone` was asked. */
  picture(): Picture {
    return this.#now;
  }
}
