import type { Collection } from 'mongodb';
import { inBatches } from '../../../message/batches.ts';
import type { EntityRef, Message, ObjectRef } from '../../../message/message.ts';
import type { LedgerRow, LedgerStore, SameSpans, SetSpan } from '../../ledger-store.ts';
import { bulk, type Database, idsUnder, PAGE, pagesOf, put } from '../database.ts';
import {
  documentOf,
  keyId,
  type LedgerDocument,
  ledgerId,
  originId,
  rowOf,
} from './ledger-document.ts';
import { Proposals } from './proposals.ts';

/** A row that a target has confirmed, and the key that it knows no more. */
interface Confirmed {
  readonly row: LedgerRow;
  readonly replacedKey?: string;
}

/** The ledger on MongoDB, in the order of the entities that objects came from. */
export class MongoLedgerStore implements LedgerStore {
  readonly #database: Database;
  readonly #ledger: Collection<LedgerDocument>;
  readonly #proposals: Proposals;

  constructor(database: Database) {
    this.#database = database;
    this.#ledger = database.collection('ledger');
    this.#proposals = new Proposals(database, this.#ledger);
  }

  async makeIndexes(): Promise<void> {
    await this.#ledger.createIndex({ origin: 1 });
    await this.#ledger.createIndex({ byKey: 1 }, { unique: true });
    await this.#ledger.createIndex({ target: 1, objectKind: 1, originKind: 1 });
    await this.#proposals.makeIndexes();
  }

  async *scan(
    target: string,
    objectKind: string,
    originKind: string,
  ): AsyncGenerator<readonly LedgerRow[]> {
    await this.#proposals.finish(target);
    const under = { _id: idsUnder([target, objectKind, originKind]) };
    const cursor = this.#ledger.find(under).sort({ _id: 1 });
    for await (const page of pagesOf(cursor)) yield page.map(rowOf);
  }

  async byOrigins(
    target: string,
    objectKind: string,
    origins: readonly EntityRef[],
  ): Promise<readonly LedgerRow[]> {
    const ids = origins.map(({ kind, id }) => originId(target, objectKind, kind, id));
    const found = new Map<string, LedgerRow[]>();
    for (const page of inBatches(ids, PAGE)) {
      const cursor = this.#ledger.find({ origin: { $in: page } });
      for await (const document of cursor.sort({ _id: 1 })) {
        const rows = found.get(document.origin) ?? [];
        found.set(document.origin, [...rows, rowOf(document)]);
      }
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  async byKeys(
    target: string,
    objectKind: string,
    keys: readonly string[],
  ): Promise<readonly LedgerRow[]> {
    const ids = keys.map((key) => keyId(target, objectKind, key));
    const found = new Map<string, LedgerRow>();
    for (const page of inBatches(ids, PAGE)) {
      const cursor = this.#ledger.find({ byKey: { $in: page } });
      for await (const document of cursor) found.set(document.byKey, rowOf(document));
    }
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  count(target: string, objectKind: string): Promise<number> {
    return this.#ledger.countDocuments({ target, objectKind });
  }

  async held(): Promise<readonly { target: string; objectKind: string }[]> {
    const about = { target: '$target', objectKind: '$objectKind' };
    const groups = this.#ledger.aggregate<{ _id: { target: string; objectKind: string } }>([
      ...[{ $group: { _id: about } }, { $sort: { _id: 1 } }],
    ]);
    return (await groups.toArray()).map(({ _id }) => _id);
  }

  async originKinds(target: string, objectKind: string): Promise<readonly string[]> {
    return this.#ledger.distinct('originKind', { target, objectKind });
  }

  async assign(rows: readonly { readonly ref: ObjectRef; readonly unit: string }[]): Promise<void> {
    const operations = rows.map(({ ref, unit }) => {
      return { updateOne: { filter: { _id: ledgerId(ref) }, update: { $set: { unit } } } };
    });
    await this.#database.step(() => bulk(this.#ledger, operations));
  }

  propose(rows: readonly LedgerRow[], removals: readonly ObjectRef[]): Promise<void> {
    return this.#proposals.add(rows, removals);
  }

  proposedSet(
    target: string,
    objectKind: string,
    ends: readonly string[],
  ): AsyncIterable<SetSpan | SameSpans> {
    return this.#proposals.set(target, objectKind, ends);
  }

  confirm(target: string, servedAt?: number): Promise<void> {
    return this.#proposals.confirm(target, servedAt ?? null);
  }

  withdraw(target: string): Promise<void> {
    return this.#proposals.withdraw(target);
  }

  async write(rows: readonly LedgerRow[], removals: readonly ObjectRef[]): Promise<void> {
    for (let at = 0; at < Math.max(rows.length, removals.length); at += PAGE) {
      const page = rows.slice(at, at + PAGE).map((row) => ({ row }));
      const gone = removals.slice(at, at + PAGE);
      await this.#database.transaction(() => this.settle(page, gone));
    }
  }

  /** Inside a transaction: rows that go, keys that are known no more, and rows as they are now. */
  async settle(
    confirmed: readonly Confirmed[],
    removals: readonly (ObjectRef | Message)[],
  ): Promise<void> {
    if (confirmed.length + removals.length === 0) return;
    const documents = new Map(confirmed.map(({ row }) => [keyIdOf(row.ref), documentOf(row)]));
    const ids = [...documents.values()].map(({ _id }) => _id);
    const replaced = confirmed.flatMap(({ row: { ref }, replacedKey }) =>
      replacedKey === undefined ? [] : [keyId(ref.target, ref.objectKind, replacedKey)],
    );
    const gone = [{ _id: { $in: removals.map(ledgerId) } }, { byKey: { $in: replaced } }];
    // Whoever had one of these keys before has it no more.
    const others = { byKey: { $in: [...documents.keys()] }, _id: { $nin: ids } };
    await this.#ledger.deleteMany({ $or: [...gone, others] });
    await bulk(this.#ledger, [...documents.values()].map(put));
  }
}

function keyIdOf({ target, objectKind, key }: ObjectRef): string {
  return keyId(target, objectKind, key);
}
