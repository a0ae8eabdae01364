import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import type { ClientSession, Collection, Db } from 'mongodb';
import type { Lease } from '../../run-store.ts';
import { leaseLost } from '../../shared/lease-lost.ts';

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
