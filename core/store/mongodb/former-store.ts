import type { Collection } from 'mongodb';
import type { Former, FormerStore } from '../former-store.ts';
import { bulk, type Database, idOf, inOrder, type Named, put, refOfId } from './database.ts';

interface FormerDocument extends Named {
  traits: readonly string[];
  goneAt: number;
}

/** Former entities on MongoDB. */
export class MongoFormerStore implements FormerStore {
  readonly #database: Database;
  readonly #formers: Collection<FormerDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#formers = database.collection('former');
  }

  async put(formers: readonly Former[]): Promise<void> {
    const documents = formers.map(({ entity, traits, goneAt }) => {
      return { _id: idOf(entity.kind, entity.id), traits, goneAt };
    });
    await this.#database.step(() => bulk(this.#formers, documents.map(put)));
  }

  async get(kind: string, ids: readonly string[]): Promise<readonly Former[]> {
    const found = await inOrder(
      this.#formers,
      ids.map((id) => idOf(kind, id)),
    );
    return found.map(({ _id, traits, goneAt }) => ({ entity: refOfId(_id), traits, goneAt }));
  }

  async purge(before: number): Promise<number> {
    return (await this.#formers.deleteMany({ goneAt: { $lt: before } })).deletedCount;
  }
}
