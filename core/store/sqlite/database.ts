import { AsyncLocalStorage } from 'node:async_hooks';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import {
  DatabaseSync,
  type SQLInputValue,
  type SQLOutputValue,
  type StatementSync,
} from 'node:sqlite';
import { Failure, InvalidFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { systemCode, systemFault } from '../../failure/system-fault.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { Lease } from '../run-store.ts';
import { leaseLost } from '../run-store.ts';
import { MIGRATIONS } from './schema.ts';

/**
 * A row that does not fit into a quarter of a page of its table fills pages of its own, half empty:
 * of entities, every second one did with SQLite's usual 4 KB.
 */
const PAGE_BYTES = 16_384;
/** The journal is worked off when it is so long; then it is cut back to what is left behind. */
const WAL_BYTES = 80_000_000;
const WAL_LEFT_BYTES = 16_000_000;

export type Row = Record<string, SQLInputValue>;

/**
 * One SQLite file: prepared statements, transactions, and failures of the file told as failures.
 * WAL with synchronous NORMAL never damages the file; a power cut may lose the last moments, which
 * running again repairs. Deleted content is overwritten: personal data do not linger in free pages.
 */
export class Database {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Under which lease whoever writes does so. */
  readonly #lease = new AsyncLocalStorage<Lease>();

  constructor(file: string) {
    this.#file = file;
    try {
      if (existsSync(file)) refuseUnusable(file);
      else make(file);
      this.#database = new DatabaseSync(file, { timeout: 10_000 });
      this.#database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;' +
          'PRAGMA cache_size = -65536; PRAGMA temp_store = FILE;' +
          `PRAGMA journal_size_limit = ${WAL_LEFT_BYTES};`,
      );
      const pages = Math.ceil(WAL_BYTES / this.#pageBytes());
      this.#database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
      this.#migrate();
    } catch (cause) {
      throw unusable(file, cause);
    }
  }

  /** Databases of older versions keep the smaller pages that they were made with. */
  #pageBytes(): number {
    return Number(this.#database.prepare('PRAGMA page_size').get()?.['page_size'] ?? PAGE_BYTES);
  }

  #migrate(): void {
    const row = this.#database.prepare('PRAGMA user_version').get();
    const version = Number(row?.['user_version'] ?? 0);
    if (version > MIGRATIONS.length) {
      const text = `${this.#file} was written by a newer version of Skolnav`;
      throw new InvalidFailure('STORE_NEWER', text);
    }
    for (const [index, sql] of MIGRATIONS.entries()) {
      if (index < version) continue;
      this.#database.exec(`BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${index + 1}; COMMIT;`);
    }
  }

  /** What the work writes is refused once a newer term of the lease has begun. */
  fenced<T>(lease: Lease, work: () => Promise<T>): Promise<T> {
    return this.#lease.run(lease, work);
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    const isAlone = this.#lease.getStore() !== undefined && !this.#database.isTransaction;
    return isAlone ? this.transaction(() => this.#run(sql, ...values)) : this.#run(sql, ...values);
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    try {
      return Number(this.#prepare(sql).run(...values).changes);
    } catch (cause) {
      throw unusable(this.#file, cause);
    }
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    try {
      // SAFETY: columns hold what the statement's table holds: text, numbers, null.
      return this.#prepare(sql).all(...values) as Row[];
    } catch (cause) {
      throw unusable(this.#file, cause);
    }
  }

  /** The same, each row as a list of its columns: for many rows of few columns. */
  lists(sql: string, ...values: SQLInputValue[]): readonly SQLOutputValue[][] {
    try {
      const statement = this.#prepare(`${sql} -- as lists`);
      statement.setReturnArrays(true);
      // SAFETY: as it has just been told to answer.
      return statement.all(...values) as unknown as SQLOutputValue[][];
    } catch (cause) {
      throw unusable(this.#file, cause);
    }
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    try {
      // SAFETY: as above.
      return this.#prepare(sql).get(...values) as Row | undefined;
    } catch (cause) {
      throw unusable(this.#file, cause);
    }
  }

  /** The end of a transaction is refused as all else is: it comes to nothing then. */
  exec(sql: string): void {
    this.#refuseOldTerm();
    try {
      this.#database.exec(sql);
    } catch (cause) {
      throw unusable(this.#file, cause);
    }
  }

  /** All or nothing; the work is synchronous, so nothing comes between. */
  transaction<T>(work: () => T): T {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #refuseOldTerm(): void {
    const lease = this.#lease.getStore();
    if (lease === undefined) return;
    const row = this.get('SELECT term FROM lease WHERE name = ?', lease.name);
    if (row !== undefined && numberOf(row, 'term') > lease.term) throw leaseLost(lease);
  }

  /** A transaction that, once it has ended, a power cut does not take back either. */
  durably<T>(work: () => T): T {
    this.exec('PRAGMA synchronous = FULL');
    try {
      return this.transaction(work);
    } finally {
      this.exec('PRAGMA synchronous = NORMAL');
    }
  }

  /** Attaches a second file beside this one, made if it is missing; answers where it is. */
  attach(suffix: string, name: string): string {
    const file = this.#file + suffix;
    closeSync(openSync(file, 'a', 0o600));
    this.exec(`ATTACH DATABASE '${file.replaceAll("'", "''")}' AS ${name}`);
    return file;
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepare(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** A new database gets its name when it has its header: a file without one was never made here. */
function make(file: string): void {
  const unnamed = `${file}.new`;
  rmSync(unnamed, { force: true });
  const database = new DatabaseSync(unnamed);
  chmodSync(unnamed, 0o600);
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL`);
  database.close();
  renameSync(unnamed, file);
}

/**
 * What SQLite itself would not mind: an empty file is new to it, so everybody would get another id
 * and every target a second copy; beside a file that may not be written it leaves others like it.
 */
export function refuseUnusable(file: string): void {
  if (statSync(file).size === 0) {
    throw new InvalidFailure('STORE_UNUSABLE', `${file}: file is empty`, { hint: RESTORE });
  }
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (cause) {
    const text = `${file}: file may not be written`;
    throw new InvalidFailure('STORE_UNUSABLE', text, { hint: WRITABLE, cause });
  }
}

const RESTORE =
  'Keep the file, put the newest backup in its place, and run the sync: it reads and delivers what the backup lacks.';
const WRITABLE =
  "Make the file and its folder writable for the hub's user, then run it again: it goes on where it was.";
const SPACE = 'Make room on its disk, then run it again: it goes on where it was.';

/** What is to be done, by SQLite's primary result code. */
const HINTS: ReadonlyMap<number, string> = new Map([
  [5, 'Another program keeps the file locked, such as a database browser: end it, then run again.'],
  [8, WRITABLE],
  [10, `The disk did not take or give what it should: check space, quota and the disk. ${SPACE}`],
  [11, RESTORE],
  [13, SPACE],
  [14, WRITABLE],
  [26, RESTORE],
]);

function systemHint(code: string | null): string {
  return code === 'ENOSPC' || code === 'EDQUOT' ? SPACE : WRITABLE;
}

/** STORE_UNUSABLE: what SQLite or the system says of a file, and what is to be done. */
export function unusable(file: string, cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const ofSystem = systemFault(cause);
  const reason = ofSystem === null ? String(cause instanceof Error ? cause.message : cause) : '';
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) : 0;
  const hint = ofSystem === null ? HINTS.get(code % 256) : systemHint(systemCode(cause));
  const details = hint === undefined ? { cause } : { cause, hint };
  const said = saying('ofFile', { file, what: ofSystem ?? reason });
  return new InvalidFailure('STORE_UNUSABLE', said, details);
}

export function textOf(row: Row, column: string): string {
  return String(row[column] ?? '');
}

export function nullableTextOf(row: Row, column: string): string | null {
  const value = row[column];
  return value === null || value === undefined ? null : String(value);
}

export function numberOf(row: Row, column: string): number {
  return Number(row[column] ?? 0);
}

export function bytesOf(value: SQLInputValue | SQLOutputValue | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : NO_BYTES;
}

const NO_BYTES = new Uint8Array(0);

export function jsonOf(row: Row, column: string): Json {
  const text = row[column];
  return typeof text === 'string' ? JSON.parse(text) : null;
}

export function objectOf(row: Row, column: string): JsonObject {
  return JSON.parse(textOf(row, column));
}
