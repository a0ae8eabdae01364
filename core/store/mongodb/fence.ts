import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import {
  type ClientSession,
  type Collection,
  type Db,
  type Document,
  MongoNetworkError,
  type TransactionOptions,
} from 'mongodb';
import { type Lease, leaseLost } from '../run-store.ts';

/** Writes of one lease that are under way at once: each passes a gate of its own. */
const GATES = 8;

interface Gate {
  _id: string;
  term: number;
  /** Writes that have passed it. */
  passed: number;
}

/**
 * Lets the writes of a lease pass only in its newest term. Each write changes a gate in its own
 * transaction, and whoever begins a term changes all of them: so the server itself sees to it that
 * a write of the old term has either ended before the new one begins, or comes to nothing. To read
 * the term would not do: a transaction that hangs could end long after it has read.
 */
export class Fence {
  readonly #gates: Collection<Gate>;
  readonly #lease = new AsyncLocalStorage<Lease>();
  readonly #free = new Map<string, number[]>();
  readonly #freed = new EventEmitter().setMaxListeners(0);

  constructor(db: Db) {
    this.#gates = db.collection('fence');
  }

  get isSet(): boolean {
    return this.#lease.getStore() !== undefined;
  }

  under<T>(lease: Lease, work: () => Promise<T>): Promise<T> {
    return this.#lease.run(lease, work);
  }

  /** Waits for the writes that are under way; the server ends those that hang, within a minute. */
  async raise({ name, term }: Lease): Promise<void> {
    const gates = Array.from({ length: GATES }, (_, number) => ({
      updateOne: {
        filter: { _id: gateId(name, number) },
        update: { $max: { term } },
        upsert: true,
      },
    }));
    await this.#gates.bulkWrite(gates, { ordered: false });
  }

  /** Gives the work what each try of its transaction must begin with. */
  async passing<T>(work: (pass: (session: ClientSession) => Promise<void>) => Promise<T>) {
    const lease = this.#lease.getStore();
    if (lease === undefined) return work(async () => undefined);
    const free = this.#free.get(lease.name) ?? Array.from({ length: GATES }, (_, at) => at);
    this.#free.set(lease.name, free);
    while (free.length === 0) await once(this.#freed, lease.name);
    const gate = free.pop() ?? 0;
    try {
      return await work(async (session) => {
        const newest = { _id: gateId(lease.name, gate), term: { $lte: lease.term } };
        const passed = { $inc: { passed: 1 } };
        const { matchedCount } = await this.#gates.updateOne(newest, passed, { session });
        if (matchedCount === 0) throw leaseLost(lease);
      });
    } finally {
      free.push(gate);
      this.#freed.emit(lease.name);
    }
  }
}

function gateId(name: string, number: number): string {
  return `${name}\u0000${number}`;
}

/** Which argument of a call its options are. */
const OPTIONS_AT: ReadonlyMap<string | symbol, number> = new Map([
  ...(['aggregate', 'bulkWrite', 'countDocuments', 'deleteMany', 'deleteOne', 'find'] as const).map(
    (name) => [name, 1] as const,
  ),
  ...(['findOne', 'insertMany', 'insertOne'] as const).map((name) => [name, 1] as const),
  ...(['distinct', 'findOneAndUpdate', 'replaceOne', 'updateMany', 'updateOne'] as const).map(
    (name) => [name, 2] as const,
  ),
]);

/** The same collection; its calls are made in the session that there is at the time, if any. */
export function inSession<D extends Document>(
  collection: Collection<D>,
  present: () => ClientSession | undefined,
): Collection<D> {
  return new Proxy(collection, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const at = OPTIONS_AT.get(name);
      return (...args: unknown[]): unknown => {
        const session = present();
        if (session === undefined || at === undefined) return Reflect.apply(value, target, args);
        const given = Array.from({ length: at + 1 }, (_, index) => args[index] ?? {});
        return Reflect.apply(value, target, given.with(at, { ...Object(given[at]), session }));
      };
    },
  });
}

/** What the driver writes on an error after which a transaction is begun, or ended, once more. */
const BEGIN_AGAIN = 'TransientTransactionError';
const END_AGAIN = 'UnknownTransactionCommitResult';

/**
 * Does something in a transaction that goes on where a primary dies and another member takes its
 * place. The driver does so by labels that it gives to the first call whose connection is lost:
 * those that were under way beside it get their error without one (7.9, `connectionIsStale`).
 */
export function inTransaction<T>(
  session: ClientSession,
  work: () => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const commit = session.commitTransaction.bind(session);
  session.commitTransaction = () => labelled(commit, END_AGAIN);
  return session.withTransaction(() => labelled(work, BEGIN_AGAIN), options);
}

async function labelled<T>(work: () => Promise<T>, label: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MongoNetworkError && error.errorLabels.length === 0) {
      error.addErrorLabel(label);
    }
    throw error;
  }
}
