import { rmSync } from 'node:fs';
import type { EntityRef } from '../../message/message.ts';
import type { Part, PartRemoval } from '../store.ts';
import { type Database, numberOf, type Row, textOf } from './database.ts';
import { contentOf, keyOf, removalOf } from './part-row.ts';

const PAGE = 1000;

const TABLES = `
CREATE TABLE IF NOT EXISTS staging.stage (
  number INTEGER PRIMARY KEY, run TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  source TEXT NOT NULL, stream TEXT NOT NULL, part TEXT NOT NULL, external_id TEXT NOT NULL,
  file TEXT NOT NULL, line INTEGER NOT NULL, hash TEXT NOT NULL, content TEXT
);
CREATE TABLE IF NOT EXISTS staging.sealed (run TEXT PRIMARY KEY) WITHOUT ROWID`;
const ADD = `INSERT INTO staging.stage
  (run, kind, id, source, stream, part, external_id, file, line, hash, content)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const RANGE = 'run = ? AND (kind, id) >= (?, ?) AND (kind, id) <= (?, ?)';
const APPLY_PARTS = `INSERT INTO part
  (kind, id, source, stream, part, external_id, file, line, hash, content)
  SELECT kind, id, source, stream, part, external_id, file, line, hash, content
  FROM staging.stage WHERE ${RANGE} AND content IS NOT NULL ORDER BY kind, id, number
  ON CONFLICT (kind, id, source, stream, part) DO UPDATE SET external_id = excluded.external_id,
  file = excluded.file, line = excluded.line, hash = excluded.hash, content = excluded.content,
  missed = 0`;
/** Removals that nothing in the same run takes back. */
const REMOVED = `SELECT kind, id, source, stream, part FROM staging.stage AS removal
  WHERE ${RANGE} AND content IS NULL AND NOT EXISTS (
    SELECT 1 FROM staging.stage AS later WHERE later.run = removal.run
    AND later.kind = removal.kind AND later.id = removal.id AND later.source = removal.source
    AND later.stream = removal.stream AND later.part = removal.part
    AND later.number > removal.number AND later.content IS NOT NULL)`;
const REMOVE = `DELETE FROM part
  WHERE kind = ? AND id = ? AND source = ? AND stream = ? AND part = ?`;

/** SQLite's words for a file that a kill has left in the middle of a write. */
const SPOILT = new Set([11, 26]);

/**
 * What open runs would change, in a file of its own: it is written once, read once, and emptied,
 * and none of that goes through the journal of the database. A kill may spoil the file before a run
 * is sealed, and then it is made anew; from the seal on it is on the disk.
 */
export class Stage {
  readonly #database: Database;
  #isAttached = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Forgets everything, unless a sealed run still waits. */
  clear(): void {
    const database = this.#attached();
    if (database.get('SELECT run FROM staging.sealed') !== undefined) return;
    this.#empty();
  }

  /** Inside a transaction. */
  add(run: string, part: Part): void {
    this.#attached().run(ADD, run, ...keyOf(part), ...contentOf(part));
  }

  /** Inside a transaction. */
  addRemoval(run: string, removal: PartRemoval): void {
    this.#attached().run(ADD, run, ...keyOf(removal), '', '', 0, '', null);
  }

  /** After this, what is staged is on the disk, in the order in which it will be applied. */
  seal(run: string): void {
    const database = this.#attached();
    database.exec('PRAGMA staging.synchronous = FULL');
    database.transaction(() => {
      database.exec('CREATE INDEX IF NOT EXISTS staging.stage_order ON stage (run, kind, id)');
      database.run('INSERT OR IGNORE INTO staging.sealed VALUES (?)', run);
    });
    database.exec('PRAGMA staging.synchronous = OFF');
  }

  isSealed(run: string): boolean {
    const sql = 'SELECT run FROM staging.sealed WHERE run = ?';
    return this.#attached().get(sql, run) !== undefined;
  }

  count(run: string): number {
    const sql = 'SELECT count(*) AS count FROM staging.stage WHERE run = ?';
    return numberOf(this.#attached().get(sql, run) ?? {}, 'count');
  }

  /** The next entities of a sealed run that come after one, in order. */
  entitiesAfter(run: string, { kind, id }: EntityRef): readonly EntityRef[] {
    const sql = `SELECT DISTINCT kind, id FROM staging.stage WHERE run = ? AND (kind, id) > (?, ?)
      ORDER BY kind, id LIMIT ${PAGE}`;
    const rows = this.#attached().all(sql, run, kind, id);
    return rows.map((row) => ({ kind: textOf(row, 'kind'), id: textOf(row, 'id') }));
  }

  /** What is staged from one entity to another, each in the order of staging. */
  rows(run: string, first: EntityRef, last: EntityRef): readonly Row[] {
    const sql = `SELECT * FROM staging.stage WHERE ${RANGE} ORDER BY kind, id, number`;
    return this.#attached().all(sql, run, first.kind, first.id, last.kind, last.id);
  }

  /** Inside a transaction: takes what is staged from one entity to another into the parts. */
  apply(run: string, first: EntityRef, last: EntityRef): void {
    const database = this.#attached();
    const range = [run, first.kind, first.id, last.kind, last.id] as const;
    database.run(APPLY_PARTS, ...range);
    for (const row of database.all(REMOVED, ...range)) {
      database.run(REMOVE, ...keyOf(removalOf(row)));
    }
  }

  forget(run: string): void {
    const database = this.#attached();
    database.transaction(() => {
      database.run('DELETE FROM staging.sealed WHERE run = ?', run);
      const other = database.get('SELECT 1 FROM staging.stage WHERE run <> ? LIMIT 1', run);
      if (other !== undefined) database.run('DELETE FROM staging.stage WHERE run = ?', run);
    });
    this.clear();
  }

  /** Gives the space back, too: nothing of what was staged stays in the file. */
  #empty(): void {
    if (this.#database.get('SELECT 1 FROM staging.stage LIMIT 1') === undefined) return;
    this.#database.exec('DROP TABLE IF EXISTS staging.stage');
    this.#database.exec('VACUUM staging');
    this.#database.exec(TABLES);
  }

  #attached(): Database {
    if (this.#isAttached) return this.#database;
    const file = this.#database.attach('-stage', 'staging');
    try {
      this.#open();
    } catch (failure) {
      if (!isSpoilt(failure)) throw failure;
      this.#database.exec('DETACH DATABASE staging');
      rmSync(file);
      this.#database.attach('-stage', 'staging');
      this.#open();
    }
    this.#isAttached = true;
    return this.#database;
  }

  #open(): void {
    this.#database.exec(
      'PRAGMA staging.journal_mode = MEMORY; PRAGMA staging.synchronous = OFF;' +
        'PRAGMA staging.secure_delete = OFF; PRAGMA staging.cache_size = -32768;',
    );
    this.#database.exec(TABLES);
  }
}

function isSpoilt(failure: unknown): boolean {
  const cause = failure instanceof Error ? failure.cause : null;
  const code = cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) : 0;
  return SPOILT.has(code % 256);
}
