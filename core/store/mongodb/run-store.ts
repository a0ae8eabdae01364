import type { Collection, Filter } from 'mongodb';
import type {
  AuditEntry,
  AuditFilter,
  AuditRecord,
  Held,
  Hold,
  Lease,
  Link,
  PurgeCounts,
  Run,
  RunStore,
  Worker,
} from '../run-store.ts';
import { linkOf } from '../shared/audit-chain.ts';
import { type Database, isTaken, type Named, pagesOf } from './database.ts';

interface RunDocument extends Named {
  startedAt: number;
  type: Run['type'];
  subject: string;
  outcome: Run['outcome'];
  json: string;
}
interface HoldDocument extends Named {
  subject: string;
  state: Hold['state'];
  createdAt: number;
  version: number;
  json: string;
}
interface AuditDocument extends AuditEntry, Partial<Link> {
  _id: number;
}
interface LeaseDocument extends Named {
  owner: string;
  until: number;
  term: number;
}
interface WorkerDocument extends Named {
  json: string;
}

/** Runs, holds, audit and leases on MongoDB. */
export class MongoRunStore implements RunStore {
  readonly #database: Database;
  readonly #runs: Collection<RunDocument>;
  readonly #holds: Collection<HoldDocument>;
  readonly #audit: Collection<AuditDocument>;
  readonly #leases: Collection<LeaseDocument>;
  readonly #workers: Collection<WorkerDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#runs = database.collection('run');
    this.#holds = database.collection('hold');
    this.#audit = database.collection('audit');
    this.#leases = database.collection('lease');
    this.#workers = database.collection('worker');
  }

  async makeIndexes(): Promise<void> {
    await this.#runs.createIndex({ startedAt: -1, _id: -1 });
    await this.#runs.createIndex({ subject: 1, startedAt: -1, _id: -1 });
    await this.#holds.createIndex({ state: 1, subject: 1 });
    await this.#audit.createIndex({ at: 1 });
  }

  async put(run: Run): Promise<void> {
    const { id, startedAt, type, subject, outcome } = run;
    const document = { startedAt, type, subject, outcome, json: JSON.stringify(run) };
    await this.#database.step(() => this.#runs.replaceOne({ _id: id }, document, { upsert: true }));
  }

  async list(filter: Parameters<RunStore['list']>[0]): Promise<readonly Run[]> {
    const { from = 0, until = Number.MAX_SAFE_INTEGER, limit, ...equal } = filter;
    const of: Filter<RunDocument> = { ...equal, startedAt: { $gte: from, $lt: until } };
    const cursor = this.#runs.find(of).sort({ startedAt: -1, _id: -1 }).limit(limit);
    return (await cursor.toArray()).map(({ json }): Run => JSON.parse(json));
  }

  async putHold(hold: Hold): Promise<void> {
    const { id, subject, state, createdAt, version } = hold;
    const $literal = { subject, state, createdAt, json: JSON.stringify(hold) };
    const next = { version: { $add: [{ $ifNull: ['$version', version - 1] }, 1] } };
    const replacement = { $replaceWith: { $mergeObjects: ['$$ROOT', { $literal }, next] } };
    await this.#database.step(() =>
      this.#holds.updateOne({ _id: id }, [replacement], { upsert: true }),
    );
  }

  async replaceHold(hold: Hold): Promise<boolean> {
    const { id, state, version } = hold;
    const update = { $set: { state, json: JSON.stringify(hold) }, $inc: { version: 1 } };
    return (await this.#holds.updateOne({ _id: id, version }, update)).matchedCount > 0;
  }

  async holds(filter: { subject?: string; state?: Hold['state'] }): Promise<readonly Hold[]> {
    const found = await this.#holds.find(filter).sort({ createdAt: -1, _id: 1 }).toArray();
    return found.map(({ json, version }): Hold => ({ ...JSON.parse(json), version }));
  }

  /** Who was faster has taken the number: the entry is chained to theirs then. */
  async audit(entry: AuditEntry): Promise<void> {
    for (;;) {
      const [last] = await this.#audit.find().sort({ _id: -1 }).limit(1).toArray();
      const link = linkOf(last?.digest ?? '', entry);
      try {
        await this.#audit.insertOne({ _id: (last?._id ?? 0) + 1, ...entry, ...link });
        return;
      } catch (error) {
        if (!isTaken(error)) throw error;
      }
    }
  }

  async auditTrail(limit: number, of: AuditFilter = {}): Promise<readonly AuditRecord[]> {
    const { from = 0, before = Number.MAX_SAFE_INTEGER, ...equal } = of;
    const meant = { ...equal, at: { $gte: from }, _id: { $lt: before } };
    const cursor = this.#audit.find(meant).sort({ _id: -1 });
    return (await cursor.limit(limit).toArray()).map(auditRecord);
  }

  async *auditScan(): AsyncGenerator<readonly AuditRecord[]> {
    const cursor = this.#audit.find().sort({ _id: 1 });
    for await (const page of pagesOf(cursor)) yield page.map(auditRecord);
  }

  async purge(before: { readonly runs: number; readonly audit: number }): Promise<PurgeCounts> {
    const old = { $lt: before.runs };
    const runs = await this.#runs.deleteMany({ outcome: { $ne: 'running' }, startedAt: old });
    const holds = await this.#holds.deleteMany({ state: { $ne: 'open' }, createdAt: old });
    const [kept] = await this.#audit
      .find({ at: { $gte: before.audit } })
      .sort({ _id: 1 })
      .limit(1)
      .toArray();
    const forgotten =
      kept === undefined ? { at: { $lt: before.audit } } : { _id: { $lt: kept._id } };
    const audit = await this.#audit.deleteMany(forgotten);
    return {
      runs: runs.deletedCount,
      holds: holds.deletedCount,
      audit: audit.deletedCount,
    };
  }

  async lease(name: string, owner: string, now: number, ttlMs: number): Promise<Lease | null> {
    const free = { _id: name, $or: [{ owner }, { until: { $lte: now } }] };
    const isOurs = { $eq: ['$owner', { $literal: owner }] };
    const kept = { $ifNull: ['$term', 0] };
    const term = { $cond: [isOurs, kept, { $add: [kept, 1] }] };
    const ours = { $set: { owner: { $literal: owner }, until: now + ttlMs, term } };
    const options = {
      upsert: true,
      returnDocument: 'after',
      includeResultMetadata: false,
    } as const;
    try {
      const taken = await this.#leases.findOneAndUpdate(free, [ours], options);
      if (taken === null) return null;
      const lease = { name, term: taken.term };
      await this.#database.refuseBefore(lease);
      return lease;
    } catch (error) {
      if (isTaken(error)) return null;
      throw error;
    }
  }

  async leased(now: number): Promise<readonly Held[]> {
    const cursor = this.#leases.find({ until: { $gt: now }, owner: { $ne: '' } });
    const found = await cursor.sort({ _id: 1 }).toArray();
    return found.map(({ _id: name, owner, until, term }) => ({ name, owner, until, term }));
  }

  /** The term stays: the next one is newer. */
  async release(name: string, owner: string): Promise<void> {
    await this.#leases.updateOne({ _id: name, owner }, { $set: { owner: '', until: 0 } });
  }

  async putWorker(worker: Worker): Promise<void> {
    const document = { json: JSON.stringify(worker) };
    await this.#workers.replaceOne({ _id: worker.owner }, document, { upsert: true });
  }

  async workers(): Promise<readonly Worker[]> {
    const found = await this.#workers.find().sort({ _id: 1 }).toArray();
    return found.map(({ json }): Worker => JSON.parse(json));
  }

  async removeWorker(owner: string): Promise<void> {
    await this.#workers.deleteOne({ _id: owner });
  }
}

/** Entries of an older version have no link. */
function auditRecord({ _id, ...entry }: AuditDocument): AuditRecord {
  return { previous: '', digest: '', ...entry, number: _id };
}
