import type { Collection } from 'mongodb';
import type { Change, Changes } from '../../entity-store.ts';
import { eachOnce } from '../../shared/changed-fields.ts';
import type { Database } from '../database.ts';

interface ChangeDocument {
  _id: number;
  /** '' for everything. */
  kind: string;
  id: string;
  what: Change['what'];
  /** Absent where any may be otherwise. */
  fields?: readonly string[];
}

/** More changes than this are not told one by one: to look at everything is quicker then. */
const MOST = 50_000;
const EVERYTHING = { kind: '', id: '', what: 'content' } as const;

/**
 * What has changed, in order. One intake applies at a time, and notes before it writes: a number
 * that can be seen is of a change that is there, or is about to be noted again.
 */
export class ChangeLog {
  readonly #database: Database;
  readonly #changes: Collection<ChangeDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#changes = database.collection('change');
  }

  async note(changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    const first = await this.#database.numbers('change', changes.length);
    const documents = changes.map((change, at) => ({ _id: first + at, ...change }));
    await this.#changes.insertMany(documents);
  }

  /** Notes that anything may have changed, in place of everything that was noted before. */
  async noteEverything(): Promise<void> {
    const _id = await this.#database.numbers('change', 1);
    await this.#changes.insertOne({ _id, ...EVERYTHING });
    await this.#changes.deleteMany({ _id: { $lt: _id } });
  }

  /** Keeps the log short. */
  async shorten(): Promise<void> {
    if ((await this.#changes.estimatedDocumentCount()) > MOST) await this.noteEverything();
  }

  async after(number: number): Promise<Changes> {
    const found = await this.#changes.find({ _id: { $gt: number } }).toArray();
    const [newest] = await this.#changes.find().sort({ _id: -1 }).limit(1).toArray();
    const until = newest?._id ?? 0;
    if (found.some(({ kind }) => kind === '')) return { until, changed: null };
    return { until, changed: eachOnce(found.map(({ _id, ...change }) => change)) };
  }
}
