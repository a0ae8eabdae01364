import type { Collection, Filter } from 'mongodb';
import type { AuditEntry, AuditFilter, Hold, PurgeCounts, Run, RunStore } from '../run-store.ts';
import { type Database, isTaken, type Named } from './database.ts';

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
interface AuditDocument extends AuditEntry {
  _id: number;
}
interface LeaseDocument extends Named {
  owner: string;
  until: number;
}

/** Runs, holds, audit and leases on MongoDB. */
export class MongoRunStore implements RunStore {
  readonly #database: Database;
  readonly #runs: Collection<RunDocument>;
  readonly #holds: Collection<HoldDocument>;
  readonly #audit: Collection<AuditDocument>;
  readonly #leases: Collection<LeaseDocument>;

  constructor(database: Database) {
    this.#database = database;
    this.#runs = database.collection('run');
    this.#holds = database.collection('hold');
    this.#audit = database.collection('audit');
    this.#leases = database.collection('lease');
  }

  async makeIndexes(): Promise<void> {
    await this.#runs.createIndex({ startedAt: -1, _id: -1 });
    await this.#holds.createIndex({ state: 1, subject: 1 });
    await this.#audit.createIndex({ at: 1 });
  }

  async put(run: Run): Promise<void> {
    const { id, startedAt, type, subject, outcome } = run;
    const document = { startedAt, type, subject, outcome, json: JSON.stringify(run) };
    await this.#runs.replaceOne({ _id: id }, document, { upsert: true });
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
    await this.#holds.updateOne({ _id: id }, [replacement], { upsert: true });
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

  async audit(entry: AuditEntry): Promise<void> {
    await this.#audit.insertOne({ _id: await this.#database.numbers('audit', 1), ...entry });
  }

  async auditTrail(limit: number, of: AuditFilter = {}): Promise<readonly AuditEntry[]> {
    const { from = 0, ...equal } = of;
    const cursor = this.#audit.find({ ...equal, at: { $gte: from } }).sort({ _id: -1 });
    return (await cursor.limit(limit).toArray()).map(({ _id, ...entry }) => entry);
  }

  async purge(before: { readonly runs: number; readonly audit: number }): Promise<PurgeCounts> {
    const old = { $lt: before.runs };
    const runs = await this.#runs.deleteMany({ outcome: { $ne: 'running' }, startedAt: old });
    const holds = await this.#holds.deleteMany({ state: { $ne: 'open' }, createdAt: old });
    const audit = await this.#audit.deleteMany({ at: { $lt: before.audit } });
    return {
      runs: runs.deletedCount,
      holds: holds.deletedCount,
      audit: audit.deletedCount,
    };
  }

  async lease(name: string, owner: string, now: number, ttlMs: number): Promise<boolean> {
    const free = { _id: name, $or: [{ owner }, { until: { $lte: now } }] };
    const ours = { $set: { owner, until: now + ttlMs } };
    try {
      await this.#leases.updateOne(free, ours, { upsert: true });
      return true;
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }

  async leaseOwner(name: string): Promise<string | null> {
    return (await this.#leases.findOne({ _id: name }))?.owner ?? null;
  }

  async release(name: string, owner: string): Promise<void> {
    await this.#leases.deleteOne({ _id: name, owner });
  }
}
