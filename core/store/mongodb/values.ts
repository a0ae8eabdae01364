import type { Collection } from 'mongodb';
import type { Json } from '../../message/message.ts';
import { type Database, isTaken, type Named } from './database.ts';

interface ValueDocument extends Named {
  json: string;
}

/** Small named values on MongoDB. */
export class MongoValues {
  readonly #database: Database;
  readonly #values: Collection<ValueDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#values = database.collection('value');
  }

  async get(name: string): Promise<Json> {
    const found = await this.#values.findOne({ _id: name });
    return found === null ? null : JSON.parse(found.json);
  }

  async put(name: string, value: Json): Promise<void> {
    const json = JSON.stringify(value);
    await this.#database.step(() =>
      this.#values.replaceOne({ _id: name }, { json }, { upsert: true }),
    );
  }

  async offer(name: string, value: Json): Promise<Json> {
    const unsaid = { _id: name, json: 'null' };
    const offered = { $set: { json: JSON.stringify(value) } };
    try {
      await this.#values.updateOne(unsaid, offered, { upsert: true });
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    return this.get(name);
  }

  async replace(name: string, read: Json, value: Json): Promise<boolean> {
    const asRead = { _id: name, json: JSON.stringify(read) };
    const next = { $set: { json: JSON.stringify(value) } };
    try {
      return await this.#database.step(async () => {
        const options = { upsert: read === null };
        const { matchedCount, upsertedCount } = await this.#values.updateOne(asRead, next, options);
        return matchedCount + upsertedCount > 0;
      });
    } catch (error) {
      // Another value stands where none was.
      if (isTaken(error)) return false;
      throw error;
    }
  }
}
