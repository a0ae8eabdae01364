import { type AnyBulkWriteOperation, Binary, type Collection, type Filter } from 'mongodb';
import { inBatches } from '../../../message/batches.ts';
import { entityName } from '../../../message/message.ts';
import type { Part, PartRemoval } from '../../intake-store.ts';
import { bulk, type Database, inOrder, PAGE } from '../database.ts';
import {
  entityRefOf,
  type PartDocument,
  partId,
  partOf,
  type StageDocument,
} from '../entities/part-document.ts';

/** What sources have said until now, and still say. */
export class KeptParts {
  readonly #database: Database;
  readonly #parts: Collection<PartDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#parts = database.collection('part');
  }

  /** Those of these parts that are kept, by their ids. */
  async of(parts: readonly PartRemoval[]): Promise<ReadonlyMap<string, PartDocument>> {
    const found = await inOrder(this.#parts, [...new Set(parts.map(partId))]);
    return new Map(found.map((one) => [one._id, one]));
  }

  /** The kept parts of entities, by their names. */
  async ofEntities(entities: readonly string[]): Promise<ReadonlyMap<string, readonly Part[]>> {
    const found = new Map<string, Part[]>();
    for (const page of inBatches(entities, PAGE)) {
      for await (const one of this.#parts.find({ entity: { $in: page } }).sort({ _id: 1 })) {
        const name = entityName(entityRefOf(one));
        const own = found.get(name) ?? [];
        own.push(partOf(one));
        found.set(name, own);
      }
    }
    return found;
  }

  async setMissed(
    ids: ReadonlySet<string>,
    update: { $set: { missed: number } } | { $inc: { missed: number } },
  ): Promise<void> {
    const operations = [...ids].map((_id) => ({ updateOne: { filter: { _id }, update } }));
    await bulk(this.#parts, operations);
  }

  /** Prints in place of those that are kept, by ids. */
  async setPrints(prints: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const operations = [...prints].map(([_id, print]) => {
      return { updateOne: { filter: { _id }, update: { $set: { print: new Binary(print) } } } };
    });
    await bulk(this.#parts, operations);
  }

  /** Keeps the last word of each part, by their ids; one that goes is kept no more. */
  async take(words: ReadonlyMap<string, StageDocument>): Promise<void> {
    if (words.size === 0) return;
    const first = await this.#database.numbers('part', words.size);
    const operations = [...words].map(([_id, row], at) => operationOf(_id, row, first + at));
    await bulk(this.#parts, operations);
  }

  /** How many of them there are, by stream. */
  async byStream(which: Filter<PartDocument>): Promise<Readonly<Record<string, number>>> {
    const byStream = { $group: { _id: '$stream', count: { $sum: 1 } } };
    const steps = [{ $match: which }, byStream, { $sort: { _id: 1 } }];
    const groups = this.#parts.aggregate<{ _id: string; count: number }>(steps);
    return Object.fromEntries((await groups.toArray()).map(({ _id, count }) => [_id, count]));
  }
}

function operationOf(
  _id: string,
  { _id: _order, run: _run, content, ...rest }: StageDocument,
  number: number,
): AnyBulkWriteOperation<PartDocument> {
  if (content === null) return { deleteOne: { filter: { _id } } };
  const update = { $set: { ...rest, content, missed: 0 }, $setOnInsert: { number } };
  return { updateOne: { filter: { _id }, update, upsert: true } };
}
