import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type AnyBulkWriteOperation,
  type ClientSession,
  type Collection,
  type Db,
  type Document,
  MongoClient,
  type MongoClientOptions,
  MongoServerError,
} from 'mongodb';
import { InvalidFailure } from '../../failure/failure.ts';
import { inBatches } from '../../message/batches.ts';
import type { EntityRef } from '../../message/message.ts';
import type { Lease } from '../run-store.ts';
import { Fence, inSession, inTransaction } from './fence.ts';
import { out } from './store-out.ts';

export interface MongoOptions {
  /** `mongodb:` or `mongodb+srv:`, with the login and the workspace's database in it. */
  readonly url: string;
  /** File of the certificate authority, where it is not one that the machine knows. */
  readonly caFile?: string;
  /** File of a client certificate and its key, where the server asks for one. */
  readonly certificateFile?: string;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** A document whose id is made of what it is about. */
export interface Named extends Document {
  _id: string;
}

/** Parts of an id are kept apart by what stands in none of them. */
const SEPARATOR = '\u0000';
/** Documents of one bulk write, and of one transaction. */
export const PAGE = 1000;
const DUPLICATE_KEY = 11000;

/** Joins what a document is about to its id, so that ids lie in the order of their parts. */
export function idOf(...parts: readonly string[]): string {
  return parts.join(SEPARATOR);
}

/** What `idOf` has joined. */
export function partsOfId(id: string): string[] {
  return id.split(SEPARATOR);
}

export function refOfId(id: string): EntityRef {
  const [kind = '', name = ''] = partsOfId(id);
  return { kind, id: name };
}

/** A filter for all ids that begin with these parts, and come after one of them. */
export function idsUnder(parts: readonly string[], after = '') {
  const first = `${parts.join(SEPARATOR)}${SEPARATOR}`;
  return { $gt: after === '' ? first : after, $lt: `${parts.join(SEPARATOR)}\u0001` };
}

/** One workspace's database on a replica set. What is written is on a majority of its members. */
export class Database {
  readonly #client: MongoClient;
  readonly #db: Db;
  /** Of the transaction in which whoever calls is. */
  readonly #session = new AsyncLocalStorage<ClientSession>();
  readonly #fence: Fence;

  private constructor(client: MongoClient) {
    this.#client = client;
    this.#db = client.db();
    this.#fence = new Fence(client.db());
  }

  /** Throws STORE_OUT while no member is reached, STORE_UNUSABLE for a server without a set. */
  static async open({ url, caFile, certificateFile }: MongoOptions): Promise<Database> {
    const files: MongoClientOptions = {
      ...(caFile === undefined ? {} : { tls: true, tlsCAFile: caFile }),
      ...(certificateFile === undefined ? {} : { tlsCertificateKeyFile: certificateFile }),
    };
    const client = clientOf(url, files);
    try {
      await client.connect();
      const hello = await client.db('admin').command({ hello: 1 });
      if (hello['setName'] === undefined) throw new InvalidFailure('STORE_UNUSABLE', ALONE);
      return new Database(client);
    } catch (cause) {
      await client.close();
      throw out(cause);
    }
  }

  /** Its calls belong to the transaction in which they are made. */
  collection<D extends Document>(name: string): Collection<D> {
    return inSession(this.#db.collection<D>(name), () => this.#session.getStore());
  }

  /**
   * What the work writes is there as a whole or not at all, and under a lease only in its newest
   * term. It may be begun more than once; its calls come one after the other.
   */
  transaction<T>(work: () => Promise<T>): Promise<T> {
    if (this.#session.getStore() !== undefined) return work();
    return this.#fence.passing((pass) =>
      this.#client.withSession((session) => {
        const whole = async () => {
          await pass(session);
          return this.#session.run(session, work);
        };
        return inTransaction(session, whole, { readConcern: { level: 'snapshot' } });
      }),
    );
  }

  /** Writes that need no transaction to be right; under a lease they are in one all the same. */
  step<T>(work: () => Promise<T>): Promise<T> {
    return this.#fence.isSet ? this.transaction(work) : work();
  }

  /** What the work writes is refused once a newer term of the lease has begun. */
  fenced<T>(lease: Lease, work: () => Promise<T>): Promise<T> {
    return this.#fence.under(lease, work);
  }

  /** Refuses what older terms write, from when this returns. */
  refuseBefore(lease: Lease): Promise<void> {
    return this.#fence.raise(lease);
  }

  /** The first of so many numbers that nobody else is given. */
  async numbers(name: string, count: number): Promise<number> {
    // In no transaction: those who count at the same time would wait for one another.
    const counters = this.#db.collection<Named & { next: number }>('counter');
    const options = { upsert: true, returnDocument: 'before' } as const;
    const before = await counters.findOneAndUpdate(
      { _id: name },
      { $inc: { next: count } },
      options,
    );
    return (before?.next ?? 0) + 1;
  }

  /** On the servers alone: no document comes here. */
  async copyTo(name: string, without: ReadonlySet<string>): Promise<void> {
    await this.#telling(async () => {
      await empty(this.#client.db(name));
      for (const { collectionName } of await this.#db.collections()) {
        if (without.has(collectionName)) continue;
        const into = { $out: { db: name, coll: collectionName } };
        await this.#db.collection(collectionName).aggregate([into]).toArray();
      }
    });
  }

  async drop(): Promise<void> {
    await this.#telling(() => empty(this.#db));
  }

  async #telling(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      throw out(cause);
    }
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** Whoever may write a database may empty it, and need not be allowed to drop it. */
async function empty(db: Db): Promise<void> {
  for (const collection of await db.collections()) await collection.drop();
}

/** Longer than a set takes, by its usual settings, to have another primary. */
const OUT_MS = 15_000;

function clientOf(url: string, files: MongoClientOptions): MongoClient {
  const isSaid = /[?&]serverSelectionTimeoutMS=/i.test(url);
  try {
    return new MongoClient(url, {
      ...{ writeConcern: { w: 'majority' }, readConcern: { level: 'majority' } },
      ...{ retryWrites: true, ignoreUndefined: true, ...files },
      ...(isSaid ? {} : { serverSelectionTimeoutMS: OUT_MS }),
      // A member that hangs without closing is given up, and what waits for it fails.
      ...{ connectTimeoutMS: 10_000, heartbeatFrequencyMS: 5000, socketTimeoutMS: 300_000 },
    });
  } catch (cause) {
    // The driver's words may quote the address, and with it the password.
    throw new InvalidFailure('STORE_UNUSABLE', UNREADABLE, { cause });
  }
}

const UNREADABLE = 'the address of the store, or a file that is named with it, cannot be read';
const ALONE =
  'the MongoDB server is no replica set: begin it with --replSet (one member is enough to try it), so that nothing is lost at a crash';

/** Writes in pages; without an order, since each names its document. */
export async function bulk<D extends Document>(
  collection: Collection<D>,
  operations: readonly AnyBulkWriteOperation<D>[],
): Promise<void> {
  for (const page of inBatches(operations, PAGE)) {
    await collection.bulkWrite(page, { ordered: false });
  }
}

/** An operation that puts a document in the place of the one of its id. */
export function put<D extends Named>(document: D): AnyBulkWriteOperation<D> {
  const { _id, ...rest } = document;
  // SAFETY: the driver's types do not see that the rest of a document has no id.
  return { replaceOne: { filter: { _id }, replacement: rest, upsert: true } } as never;
}

/** The documents of these ids, each once, in the order of the ids. */
export async function inOrder<D extends Named>(
  collection: Collection<D>,
  ids: readonly string[],
): Promise<readonly D[]> {
  const found = new Map<string, D>();
  for (const page of inBatches([...new Set(ids)], PAGE)) {
    // SAFETY: the driver's types do not see that every document here has a text for its id.
    const cursor = collection.find<D>({ _id: { $in: page } } as never);
    for await (const one of cursor) found.set(one._id, one);
  }
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** A cursor's documents in pages. */
export async function* pagesOf<D>(cursor: AsyncIterable<D>): AsyncGenerator<readonly D[]> {
  let page: D[] = [];
  for await (const one of cursor) {
    page.push(one);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Whether a write was refused since another one was faster: its id is there. */
export function isTaken(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === DUPLICATE_KEY;
}
