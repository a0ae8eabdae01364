import type { Collection, Document } from 'mongodb';
import type { InboxDelivery, InboxStore, KeptEvent } from '../../inbox-store.ts';
import { type Database, isTaken, pagesOf } from '../database.ts';

interface EventDocument extends Document {
  /** Dense: who sees a number sees all that are lower. */
  _id: number;
  source: string;
  delivery: string;
  place: number;
  digest: string;
  key: string;
  at: number;
  keptAt: number;
  /** JSON text; null once it is taken in. */
  content: string | null;
}

/** What systems send by themselves, on MongoDB. */
export class MongoInboxStore implements InboxStore {
  readonly #events: Collection<EventDocument>;

  constructor(database: Database) {
    this.#events = database.collection('inbox');
  }

  async makeIndexes(): Promise<void> {
    await this.#events.createIndex({ source: 1, delivery: 1, place: 1 }, { unique: true });
    await this.#events.createIndex({ source: 1, key: 1, at: 1 });
    await this.#events.createIndex({ source: 1, _id: 1 });
  }

  /** Who was faster has taken the numbers, or has kept the same: what is left comes after that. */
  async keep(source: string, delivery: InboxDelivery, now: number): Promise<boolean> {
    const { id, digest, events } = delivery;
    for (;;) {
      const known = await this.#events.find({ source, delivery: id }).toArray();
      if (known.some((one) => one.digest !== digest)) return false;
      const places = new Set(known.map(({ place }) => place));
      const newest = await this.#newestOf({});
      const fresh = [...events.entries()].filter(([place]) => !places.has(place));
      const documents = fresh.map(([place, { key, at, content }], index): EventDocument => {
        const about = { source, delivery: id, place, digest, key, at, keptAt: now };
        return { _id: newest + 1 + index, ...about, content: JSON.stringify(content) };
      });
      if (documents.length === 0) return true;
      try {
        await this.#events.insertMany(documents, { ordered: true });
        return true;
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    }
  }

  async *after(source: string, number: number): AsyncGenerator<readonly KeptEvent[]> {
    const waiting = { source, _id: { $gt: number }, content: { $ne: null } };
    const cursor = this.#events.find(waiting).sort({ _id: 1 });
    for await (const page of pagesOf(cursor)) {
      const latest = await this.#latestOf(source, [...new Set(page.map(({ key }) => key))]);
      const left = page.filter(({ _id, key }) => latest.get(key) === _id);
      if (left.length > 0) yield left.map(keptEvent);
    }
  }

  async newest(source: string): Promise<number> {
    return this.#newestOf({ source });
  }

  async empty(source: string, upTo: number): Promise<void> {
    const said = { source, _id: { $lte: upTo }, content: { $ne: null } };
    await this.#events.updateMany(said, { $set: { content: null } });
  }

  async *silent(source: string, before: number): AsyncGenerator<readonly string[]> {
    const waits = { $cond: [{ $eq: ['$content', null] }, 0, 1] };
    const cursor = this.#events.aggregate<{ _id: string }>([
      { $match: { source } },
      { $group: { _id: '$key', last: { $max: '$keptAt' }, waiting: { $sum: waits } } },
      { $match: { last: { $lt: before }, waiting: 0 } },
    ]);
    for await (const page of pagesOf(cursor)) yield page.map(({ _id }) => _id);
  }

  /** The newest of all stays, so that its number is not given anew. */
  async purge(before: number, source?: string): Promise<number> {
    const newest = await this.#newestOf({});
    const of = source === undefined ? {} : { source };
    const old = { ...of, _id: { $lt: newest }, keptAt: { $lt: before }, content: null };
    return (await this.#events.deleteMany(old)).deletedCount;
  }

  async #newestOf(of: { source?: string }): Promise<number> {
    const [newest] = await this.#events.find(of).sort({ _id: -1 }).limit(1).toArray();
    return newest?._id ?? 0;
  }

  /** Of each key the number of its latest event. */
  async #latestOf(source: string, keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const cursor = this.#events.find({ source, key: { $in: [...keys] } }).sort({ at: 1, _id: 1 });
    const latest = new Map<string, number>();
    for await (const { _id, key } of cursor) latest.set(key, _id);
    return latest;
  }
}

function keptEvent({ _id, delivery, place, key, at, content }: EventDocument): KeptEvent {
  return { number: _id, delivery, place, key, at, content: JSON.parse(content ?? '{}') };
}
