import type { Collection } from 'mongodb';
import type { EntityRef, JsonObject } from '../../message/message.ts';
import type { Protection, ProtectionStore } from '../protection-store.ts';
import { bulk, type Database, idOf, idsUnder, type Named, put, refOfId } from './database.ts';

interface ProtectionDocument extends Named {
  source: string;
  /** JSON text. */
  marks: string;
}

/** Who is protected by whose word, on MongoDB: few documents, read as a whole. */
export class MongoProtectionStore implements ProtectionStore {
  readonly #database: Database;
  readonly #protections: Collection<ProtectionDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#protections = database.collection('protection');
  }

  async all(): Promise<readonly Protection[]> {
    const found = await this.#protections.find().sort({ _id: 1 }).toArray();
    return found.map(({ _id, source, marks }) => {
      const said: JsonObject = JSON.parse(marks);
      return { entity: refOfId(_id), source, marks: said };
    });
  }

  async put(protections: readonly Protection[]): Promise<void> {
    const documents = protections.map(({ entity, source, marks }) => {
      return { _id: idOf(entity.kind, entity.id, source), source, marks: JSON.stringify(marks) };
    });
    await this.#database.step(() => bulk(this.#protections, documents.map(put)));
  }

  async remove({ kind, id }: EntityRef): Promise<void> {
    const own = { _id: idsUnder([kind, id]) };
    await this.#database.step(() => this.#protections.deleteMany(own));
  }
}
