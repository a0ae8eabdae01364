import type { AnyBulkWriteOperation, Collection } from 'mongodb';
import { inBatches } from '../../../message/batches.ts';
import type { ServedQuery, ServedRow, ServedStore, Span } from '../../ledger-store.ts';
import { bulk, type Database, type Named, PAGE, partsOfId } from '../database.ts';
import { keyId, type LedgerDocument } from './ledger-document.ts';

/** Its id is that by which the ledger knows a key. */
export interface ServedDocument extends Named {
  target: string;
  objectKind: string;
  key: string;
  createdAt: number;
  changedAt: number;
  isGone: boolean;
}

/** What clients may fetch, on MongoDB: times beside the ledger, which has the objects. */
export class MongoServedStore implements ServedStore {
  readonly #served: Collection<ServedDocument>;
  readonly #ledger: Collection<LedgerDocument>;

  constructor(database: Database) {
    this.#served = database.collection('served');
    this.#ledger = database.collection('ledger');
  }

  async makeIndexes(): Promise<void> {
    await this.#served.createIndex({ target: 1, objectKind: 1, isGone: 1, key: 1 });
    await this.#served.createIndex({ target: 1, objectKind: 1, isGone: 1, changedAt: 1, key: 1 });
  }

  async page(
    target: string,
    objectKind: string,
    query: ServedQuery,
  ): Promise<readonly ServedRow[]> {
    const { order, after, limit, skip = 0, gone } = query;
    const filter = { $and: [spansOf(query), behind(order, after)] };
    const found = await this.#served
      .find({ target, objectKind, isGone: gone, ...filter })
      .sort(order === 'key' ? { key: 1 } : { changedAt: 1, key: 1 })
      .skip(skip)
      .limit(limit)
      .toArray();
    return gone ? found.map((one) => rowOf(one, null)) : this.#withObjects(found);
  }

  async byKeys(
    target: string,
    objectKind: string,
    keys: readonly string[],
  ): Promise<readonly ServedRow[]> {
    const ids = keys.map((key) => keyId(target, objectKind, key));
    const rows: ServedRow[] = [];
    for (const page of inBatches(ids, PAGE)) {
      const found = await this.#served.find({ _id: { $in: page }, isGone: false }).toArray();
      rows.push(...(await this.#withObjects(found)));
    }
    return rows;
  }

  count(
    target: string,
    objectKind: string,
    spans: Pick<ServedQuery, 'changed' | 'created'>,
  ): Promise<number> {
    const filter = { target, objectKind, isGone: false, ...spansOf(spans) };
    return this.#served.countDocuments(filter);
  }

  async purge(before: number): Promise<number> {
    const gone = { isGone: true, changedAt: { $lt: before } };
    return (await this.#served.deleteMany(gone)).deletedCount;
  }

  /** What goes between the two reads is left out: the client hears of it as gone. */
  async #withObjects(found: readonly ServedDocument[]): Promise<readonly ServedRow[]> {
    const ids = found.map(({ _id }) => _id);
    const rows = await this.#ledger.find({ byKey: { $in: ids } }).toArray();
    const objects = new Map(rows.map(({ byKey, object }) => [byKey, object]));
    return found.flatMap((one) => {
      const object = objects.get(one._id);
      return typeof object === 'string' ? [rowOf(one, object)] : [];
    });
  }
}

/** Notes inside the transaction that takes a page of proposals into the ledger. */
export async function noteServed(
  served: Collection<ServedDocument>,
  page: readonly LedgerDocument[],
  at: number,
): Promise<void> {
  await bulk(
    served,
    page.map((one) => noteOf(one, at)),
  );
}

function noteOf(one: LedgerDocument, at: number): AnyBulkWriteOperation<ServedDocument> {
  const { target, objectKind, byKey } = one;
  const isGone = one.object === null;
  const key = partsOfId(byKey).at(-1) ?? '';
  const isNew = { $or: [isGone, { $ne: ['$isGone', false] }] };
  const createdAt = { $cond: [isNew, at, '$createdAt'] };
  const values = { target, objectKind, key: { $literal: key }, changedAt: at, isGone, createdAt };
  return { updateOne: { filter: { _id: byKey }, update: [{ $set: values }], upsert: true } };
}

function behind(order: ServedQuery['order'], after: ServedQuery['after']) {
  if (after === null) return {};
  const { key, changedAt } = after;
  if (order === 'key') return { key: { $gt: key } };
  return { $or: [{ changedAt: { $gt: changedAt } }, { changedAt, key: { $gt: key } }] };
}

function spansOf({ changed, created }: Pick<ServedQuery, 'changed' | 'created'>) {
  return { changedAt: within(changed), createdAt: within(created) };
}

function within({ after, before }: Span) {
  return { $gt: after ?? -1, $lt: before ?? Number.MAX_SAFE_INTEGER };
}

function rowOf({ key, createdAt, changedAt }: ServedDocument, object: string | null): ServedRow {
  return { key, createdAt, changedAt, object: object === null ? null : JSON.parse(object) };
}
