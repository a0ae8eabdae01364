import type { Collection } from 'mongodb';
import type { QuarantinedRecord, QuarantineStore } from '../../quarantine-store.ts';
import { bulk, type Database, type Named, pagesOf, put } from '../database.ts';

interface QuarantineDocument extends Named {
  number: number;
  source: string;
  stream: string;
  /** JSON text. */
  value: string;
  file: string;
  line: number;
  connector?: string;
  isUnread?: true;
}

/** Records that could not be taken in, as they came, until they are; on MongoDB. */
export class MongoQuarantineStore implements QuarantineStore {
  readonly #database: Database;
  readonly #records: Collection<QuarantineDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#records = database.collection('quarantine');
  }

  async makeIndexes(): Promise<void> {
    await this.#records.createIndex({ source: 1, number: 1 });
  }

  async put(records: readonly QuarantinedRecord[]): Promise<void> {
    if (records.length === 0) return;
    const first = await this.#database.numbers('quarantine', records.length);
    const documents = records.map(({ id, value, ...rest }, at) => {
      return { _id: id, number: first + at, ...rest, value: JSON.stringify(value) };
    });
    await this.#database.step(() => bulk(this.#records, documents.map(put)));
  }

  async *scan(source: string): AsyncGenerator<readonly QuarantinedRecord[]> {
    const cursor = this.#records.find({ source }).sort({ number: 1 });
    for await (const page of pagesOf(cursor)) {
      yield page.map(({ _id, number: _number, value, ...rest }) => {
        return { id: _id, ...rest, value: JSON.parse(value) };
      });
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    const named = { _id: { $in: [...ids] } };
    await this.#database.step(() => this.#records.deleteMany(named));
  }
}
