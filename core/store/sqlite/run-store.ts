import type {
  AuditEntry,
  AuditFilter,
  AuditRecord,
  Held,
  Hold,
  Lease,
  PurgeCounts,
  Run,
  RunStore,
  Worker,
} from '../run-store.ts';
import { linkOf } from '../shared/audit-chain.ts';
import { type Database, numberOf, type Row, textOf } from './database.ts';

const PAGE = 1000;
/** Of the hold that is kept; those of older databases have none. */
const VERSION = "coalesce(json_extract(hold.json, '$.version'), 0)";

/** Runs, holds, audit and leases on SQLite. */
export class SqliteRunStore implements RunStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put(run: Run): Promise<void> {
    const { id, startedAt, type, subject, outcome } = run;
    const sql = 'INSERT OR REPLACE INTO run VALUES (?, ?, ?, ?, ?, ?)';
    this.#database.run(sql, id, startedAt, type, subject, outcome, JSON.stringify(run));
  }

  async list(filter: {
    subject?: string;
    type?: Run['type'];
    outcome?: Run['outcome'];
    from?: number;
    until?: number;
    limit: number;
  }): Promise<readonly Run[]> {
    const { subject, type = null, outcome = null, limit } = filter;
    const { from = 0, until = Number.MAX_SAFE_INTEGER } = filter;
    // Said apart, so that the index of subjects serves: most look at the newest of one.
    const rows = this.#database.all(
      `SELECT json FROM run WHERE started_at >= ?1 AND started_at < ?2
       AND (?3 IS NULL OR type = ?3) AND (?4 IS NULL OR outcome = ?4)
       ${subject === undefined ? '' : 'AND subject = ?6'}
       ORDER BY started_at DESC, id DESC LIMIT ?5`,
      ...[from, until, type, outcome, limit],
      ...(subject === undefined ? [] : [subject]),
    );
    return rows.map(parsed<Run>);
  }

  async putHold(hold: Hold): Promise<void> {
    const { id, subject, state, createdAt } = hold;
    this.#database.run(
      `INSERT INTO hold VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE
       SET subject = excluded.subject, state = excluded.state, created_at = excluded.created_at,
         json = json_set(excluded.json, '$.version', ${VERSION} + 1)`,
      ...[id, subject, state, createdAt, JSON.stringify(hold)],
    );
  }

  async replaceHold(hold: Hold): Promise<boolean> {
    const { id, state, version } = hold;
    const json = JSON.stringify({ ...hold, version: version + 1 });
    const sql = `UPDATE hold SET state = ?, json = ? WHERE id = ? AND ${VERSION} = ?`;
    return this.#database.run(sql, state, json, id, version) > 0;
  }

  async holds(filter: { subject?: string; state?: Hold['state'] }): Promise<readonly Hold[]> {
    const { subject = null, state = null } = filter;
    const rows = this.#database.all(
      `SELECT json FROM hold WHERE (?1 IS NULL OR subject = ?1) AND (?2 IS NULL OR state = ?2)
       ORDER BY created_at DESC, id`,
      subject,
      state,
    );
    // Holds of older versions had no parts, and no version.
    const whole = { parts: [], needs: 1, approvals: [], rejections: [], version: 0 };
    return rows.map((row) => ({ ...whole, ...parsed<Hold>(row) }));
  }

  async audit(entry: AuditEntry): Promise<void> {
    this.#database.transaction(() => {
      const last = this.#database.get('SELECT digest FROM audit ORDER BY number DESC LIMIT 1');
      const { previous, digest } = linkOf(last === undefined ? '' : textOf(last, 'digest'), entry);
      const sql = 'INSERT INTO audit (json, previous, digest) VALUES (?, ?, ?)';
      this.#database.run(sql, JSON.stringify(entry), previous, digest);
    });
  }

  async auditTrail(limit: number, of: AuditFilter = {}): Promise<readonly AuditRecord[]> {
    const { who = null, action = null, from = 0, before = Number.MAX_SAFE_INTEGER } = of;
    const rows = this.#database.all(
      `SELECT * FROM audit WHERE (?2 IS NULL OR json_extract(json, '$.who') = ?2)
       AND (?3 IS NULL OR json_extract(json, '$.action') = ?3) AND json_extract(json, '$.at') >= ?4
       AND number < ?5 ORDER BY number DESC LIMIT ?1`,
      ...[limit, who, action, from, before],
    );
    return rows.map(auditRecord);
  }

  async *auditScan(): AsyncGenerator<readonly AuditRecord[]> {
    let after = 0;
    for (;;) {
      const sql = `SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ${PAGE}`;
      const page = this.#database.all(sql, after).map(auditRecord);
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.number;
      yield page;
    }
  }

  async purge(before: { readonly runs: number; readonly audit: number }): Promise<PurgeCounts> {
    const { runs, audit } = before;
    const remove = (sql: string, at: number) => this.#database.run(`DELETE FROM ${sql} < ?`, at);
    return this.#database.transaction(() => ({
      runs: remove("run WHERE outcome <> 'running' AND started_at", runs),
      holds: remove("hold WHERE state <> 'open' AND created_at", runs),
      audit: this.#database.run(
        `DELETE FROM audit WHERE number < (SELECT coalesce(
           min(number) FILTER (WHERE json_extract(json, '$.at') >= ?), max(number) + 1) FROM audit)`,
        audit,
      ),
    }));
  }

  async lease(name: string, owner: string, now: number, ttlMs: number): Promise<Lease | null> {
    const row = this.#database.get(
      `INSERT INTO lease (name, owner, until, term) VALUES (?1, ?2, ?4, 1) ON CONFLICT (name) DO UPDATE
       SET owner = excluded.owner, until = excluded.until, term = term + (owner <> ?2)
       WHERE owner = ?2 OR until <= ?3 RETURNING term`,
      ...[name, owner, now, now + ttlMs],
    );
    return row === undefined ? null : { name, term: numberOf(row, 'term') };
  }

  async leased(now: number): Promise<readonly Held[]> {
    const sql = "SELECT * FROM lease WHERE until > ? AND owner <> '' ORDER BY name";
    return this.#database.all(sql, now).map((row) => {
      const [name, owner] = [textOf(row, 'name'), textOf(row, 'owner')];
      return { name, owner, term: numberOf(row, 'term'), until: numberOf(row, 'until') };
    });
  }

  /** The term stays: the next one is newer. */
  async release(name: string, owner: string): Promise<void> {
    const sql = "UPDATE lease SET owner = '', until = 0 WHERE name = ? AND owner = ?";
    this.#database.run(sql, name, owner);
  }

  async putWorker(worker: Worker): Promise<void> {
    const sql = 'INSERT OR REPLACE INTO worker VALUES (?, ?)';
    this.#database.run(sql, worker.owner, JSON.stringify(worker));
  }

  async workers(): Promise<readonly Worker[]> {
    return this.#database.all('SELECT json FROM worker ORDER BY owner').map(parsed<Worker>);
  }

  async removeWorker(owner: string): Promise<void> {
    this.#database.run('DELETE FROM worker WHERE owner = ?', owner);
  }
}

function auditRecord(row: Row): AuditRecord {
  const link = { previous: textOf(row, 'previous'), digest: textOf(row, 'digest') };
  return { ...parsed<AuditEntry>(row), ...link, number: numberOf(row, 'number') };
}

function parsed<T>(row: Row): T {
  return JSON.parse(textOf(row, 'json'));
}
