import type { Collection } from 'mongodb';
import type { EntityRef } from '../../message/message.ts';
import type { Recheck, RecheckStore } from '../recheck-store.ts';
import { bulk, type Database, idOf, type Named, put, refOfId } from './database.ts';

interface RecheckDocument extends Named {
  target: string;
  until: string;
  entity: string;
}

/** Rechecks on MongoDB. */
export class MongoRecheckStore implements RecheckStore {
  readonly #database: Database;
  readonly #rechecks: Collection<RecheckDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#rechecks = database.collection('recheck');
  }

  async makeIndexes(): Promise<void> {
    await this.#rechecks.createIndex({ target: 1, until: 1, entity: 1 });
  }

  async note(target: string, rechecks: readonly Recheck[]): Promise<void> {
    const documents = rechecks.map(({ origin, until }) => {
      const entity = idOf(origin.kind, origin.id);
      return { _id: idOf(target, until, entity), target, until, entity };
    });
    await this.#database.step(() => bulk(this.#rechecks, documents.map(put)));
  }

  async due(target: string, today: string): Promise<readonly EntityRef[]> {
    const due = { target, until: { $lte: today } };
    const found = await this.#rechecks.distinct('entity', due);
    return found.sort().map(refOfId);
  }

  async forget(target: string, upTo = '9999-12-31'): Promise<void> {
    const past = { target, until: { $lte: upTo } };
    await this.#database.step(() => this.#rechecks.deleteMany(past));
  }
}
