import type { Document } from 'mongodb';
import {
  fieldsOf,
  SMALL_TABLES,
  type SmallRow,
  type SmallRowStore,
  type SmallTable,
} from '../shared/small-rows.ts';
import { type Database, idOf, pagesOf, partsOfId } from './database.ts';
import { keyId } from './ledger/ledger-document.ts';

interface Table {
  readonly collection: string;
  readonly rowOf: (document: Document) => Pick<SmallRow, 'key' | 'value'>;
  readonly documentOf: (row: SmallRow) => Document;
}

const TABLES: Readonly<Record<SmallTable, Table>> = {
  value: {
    collection: 'value',
    rowOf: ({ _id, json }) => ({ key: [_id], value: JSON.parse(json) }),
    documentOf: ({ key, value }) => ({ _id: key[0], json: JSON.stringify(value) }),
  },
  former: {
    collection: 'former',
    rowOf: ({ _id, traits, goneAt }) => ({ key: partsOfId(_id), value: { traits, goneAt } }),
    documentOf: ({ key, value }) => ({ _id: idOf(...key), ...fieldsOf(value) }),
  },
  atOnce: {
    collection: 'goneAtOnce',
    rowOf: ({ _id }) => ({ key: partsOfId(_id), value: null }),
    documentOf: ({ key }) => ({ _id: idOf(...key) }),
  },
  ending: {
    collection: 'ending',
    rowOf: ({ _id, ending }) => ({ key: [_id], value: ending }),
    documentOf: ({ key, value }) => ({ _id: key[0], at: fieldsOf(value)['at'], ending: value }),
  },
  audit: {
    collection: 'audit',
    rowOf: ({ _id, ...entry }) => ({ key: [String(_id)], value: { ...entry } }),
    documentOf: ({ key, value }) => ({ _id: Number(key[0]), ...fieldsOf(value) }),
  },
  inbox: {
    collection: 'inbox',
    rowOf: ({ _id, ...event }) => ({ key: [String(_id)], value: { ...event } }),
    documentOf: ({ key, value }) => ({ _id: Number(key[0]), ...fieldsOf(value) }),
  },
  served: {
    collection: 'served',
    rowOf: ({ target, objectKind, key, createdAt, changedAt, isGone }) => ({
      key: [target, objectKind, key],
      value: { createdAt, changedAt, isGone },
    }),
    documentOf: ({ key: [target = '', objectKind = '', key = ''], value }) => {
      const named = { _id: keyId(target, objectKind, key), target, objectKind, key };
      return { ...named, ...fieldsOf(value) };
    },
  },
};

/** Small rows on MongoDB. */
export class MongoSmallRows implements SmallRowStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async *all(): AsyncGenerator<readonly SmallRow[]> {
    for (const table of SMALL_TABLES) {
      const { collection, rowOf } = TABLES[table];
      const cursor = this.#database.collection(collection).find().sort({ _id: 1 });
      for await (const page of pagesOf(cursor)) {
        yield page.map((document) => ({ table, ...rowOf(document) }));
      }
    }
  }

  async put(rows: readonly SmallRow[]): Promise<void> {
    await this.#database.step(async () => {
      for (const [table, own] of Map.groupBy(rows, (row) => row.table)) {
        const { collection, documentOf } = TABLES[table];
        const operations = own.map((row) => {
          const { _id, ...replacement } = documentOf(row);
          return { replaceOne: { filter: { _id }, replacement, upsert: true } };
        });
        await this.#database.collection(collection).bulkWrite(operations, { ordered: false });
      }
    });
  }
}
