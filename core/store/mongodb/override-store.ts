import type { Collection, Filter } from 'mongodb';
import type { Override, OverrideFilter, OverrideStore } from '../override-store.ts';
import { type Database, isTaken, type Named } from './database.ts';

interface OverrideDocument extends Named {
  target: string;
  begunAt: number;
  endedAt: number | null;
  version: number;
  json: string;
}

/** What persons have set in the place of mappings, on MongoDB. */
export class MongoOverrideStore implements OverrideStore {
  readonly #database: Database;
  readonly #overrides: Collection<OverrideDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#overrides = database.collection('override');
  }

  async makeIndexes(): Promise<void> {
    await this.#overrides.createIndex({ target: 1, endedAt: 1 });
  }

  async add(override: Override): Promise<void> {
    const { id, target, from, end, version } = override;
    const about = { target, begunAt: from, endedAt: end?.at ?? null, version };
    const document = { _id: id, ...about, json: JSON.stringify(override) };
    try {
      await this.#database.step(() => this.#overrides.insertOne(document));
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }

  async replace(override: Override): Promise<boolean> {
    const { id, end, version } = override;
    const $set = { endedAt: end?.at ?? null, json: JSON.stringify(override) };
    const update = { $set, $inc: { version: 1 } };
    const one = { _id: id, version };
    const step = () => this.#overrides.updateOne(one, update);
    return (await this.#database.step(step)).matchedCount > 0;
  }

  async list({ target, isOpen }: OverrideFilter): Promise<readonly Override[]> {
    const filter: Filter<OverrideDocument> = {
      ...(target === undefined ? {} : { target }),
      ...(isOpen === true ? { endedAt: null } : {}),
    };
    const found = await this.#overrides.find(filter).sort({ begunAt: -1, _id: 1 }).toArray();
    return found.map(({ json, version }): Override => ({ ...JSON.parse(json), version }));
  }

  async purge(before: number): Promise<number> {
    const old = { endedAt: { $ne: null, $lt: before } };
    return (await this.#overrides.deleteMany(old)).deletedCount;
  }
}
