import { rmSync } from 'node:fs';
import type { Database } from './database.ts';

const TABLES = `
CREATE TABLE IF NOT EXISTS staging.stage (
  number INTEGER PRIMARY KEY, run TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  source TEXT NOT NULL, stream TEXT NOT NULL, part TEXT NOT NULL, external_id TEXT NOT NULL,
  file TEXT NOT NULL, line INTEGER NOT NULL, hash TEXT NOT NULL, content TEXT, print BLOB
);
CREATE TABLE IF NOT EXISTS staging.sealed (run TEXT PRIMARY KEY) WITHOUT ROWID;
-- The ledger's columns; the object is null for a removal.
CREATE TABLE IF NOT EXISTS staging.proposal (
  target INTEGER NOT NULL, object_kind INTEGER NOT NULL, origin_kind INTEGER NOT NULL,
  origin_id TEXT NOT NULL, key TEXT NOT NULL, hash TEXT, object TEXT, remote_id TEXT, run TEXT,
  confirmed_at INTEGER, unit INTEGER, suspended_since TEXT, remark TEXT, sent_references TEXT,
  PRIMARY KEY (target, object_kind, origin_kind, origin_id, key)
) WITHOUT ROWID`;

/** SQLite's words for a file that a kill has left in the middle of a write. */
const SPOILT = new Set([11, 26]);

/**
 * A second file beside the database, for what is written once, read once, and emptied: none of that
 * goes through the journal of the database. A kill may spoil the file anywhere, so it is made anew
 * by the next process. Only a run that was committed is kept: it was on the disk before its commit.
 */
export class Staging {
  readonly #database: Database;
  #isAttached = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The database, with the file attached as `staging`. Not inside a transaction the first time. */
  get database(): Database {
    if (this.#isAttached) return this.#database;
    const file = this.#database.attach('-stage', 'staging');
    if (!this.#holdsCommittedRun()) {
      this.#database.exec('DETACH DATABASE staging');
      rmSync(file);
      this.#database.attach('-stage', 'staging');
    }
    this.#open();
    this.#isAttached = true;
    return this.#database;
  }

  /** Empties a table and gives its space back: nothing of it stays in the file. */
  empty(table: 'stage' | 'proposal'): void {
    empty(this.database, table);
  }

  #holdsCommittedRun(): boolean {
    if (this.#database.get('SELECT 1 FROM intake WHERE sealed = 1') === undefined) return false;
    try {
      return this.#database.get('PRAGMA staging.quick_check')?.['quick_check'] === 'ok';
    } catch (failure) {
      if (isSpoilt(failure)) return false;
      throw failure;
    }
  }

  #open(): void {
    this.#database.exec(
      'PRAGMA staging.journal_mode = MEMORY; PRAGMA staging.synchronous = OFF;' +
        'PRAGMA staging.secure_delete = OFF; PRAGMA staging.cache_size = -32768;',
    );
    // What was proposed and not confirmed ended with the process that proposed it, and an older
    // version proposed in fewer columns.
    this.#database.exec('DROP TABLE IF EXISTS staging.proposal');
    this.#database.exec(TABLES);
    // What an older version has committed has no prints.
    const columns = this.#database.all("SELECT name FROM pragma_table_info('stage', 'staging')");
    if (!columns.some(({ name }) => name === 'print')) {
      this.#database.exec('ALTER TABLE staging.stage ADD COLUMN print BLOB');
    }
    const free = this.#database.get('PRAGMA staging.freelist_count')?.['freelist_count'];
    if (free !== 0) this.#database.exec('VACUUM staging');
  }
}

function empty(database: Database, table: 'stage' | 'proposal'): void {
  if (database.get(`SELECT 1 FROM staging.${table} LIMIT 1`) === undefined) return;
  database.exec(`DROP TABLE staging.${table}`);
  database.exec('VACUUM staging');
  database.exec(TABLES);
}

function isSpoilt(failure: unknown): boolean {
  const cause = failure instanceof Error ? failure.cause : null;
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) : 0;
  return SPOILT.has(code % 256);
}
