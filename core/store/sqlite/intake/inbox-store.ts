import type { InboxDelivery, InboxStore, KeptEvent } from '../../inbox-store.ts';
import { type Database, numberOf, objectOf, type Row, textOf } from '../database.ts';

const PAGE = 500;
const ADD = `INSERT OR IGNORE INTO inbox
  (source, delivery, place, digest, key, at, content, kept_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const AFTER = `SELECT * FROM inbox AS one
  WHERE source = ? AND number > ? AND content IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM inbox AS later WHERE later.source = one.source AND later.key = one.key
    AND (later.at, later.number) > (one.at, one.number))
  ORDER BY number LIMIT ${PAGE}`;
const SILENT = `SELECT key FROM inbox WHERE source = ? AND key > ? GROUP BY key
  HAVING max(kept_at) < ? AND count(content) = 0 ORDER BY key LIMIT ${PAGE}`;

/** What systems send by themselves, on SQLite. */
export class SqliteInboxStore implements InboxStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async keep(source: string, { id, digest, events }: InboxDelivery, now: number): Promise<boolean> {
    return this.#database.durably(() => {
      const sql = 'SELECT 1 FROM inbox WHERE source = ? AND delivery = ? AND digest <> ? LIMIT 1';
      if (this.#database.get(sql, source, id, digest) !== undefined) return false;
      for (const [place, { key, at, content }] of events.entries()) {
        const values = [source, id, place, digest, key, at, JSON.stringify(content), now];
        this.#database.run(ADD, ...values);
      }
      return true;
    });
  }

  async *after(source: string, number: number): AsyncGenerator<readonly KeptEvent[]> {
    let last = number;
    for (;;) {
      const rows = this.#database.all(AFTER, source, last);
      if (rows.length === 0) return;
      last = numberOf(rows.at(-1) ?? {}, 'number');
      yield rows.map(keptEvent);
    }
  }

  async newest(source: string): Promise<number> {
    const sql = 'SELECT max(number) AS number FROM inbox WHERE source = ?';
    return numberOf(this.#database.get(sql, source) ?? {}, 'number');
  }

  async empty(source: string, upTo: number): Promise<void> {
    const sql = `UPDATE inbox SET content = NULL
      WHERE source = ? AND number <= ? AND content IS NOT NULL`;
    this.#database.run(sql, source, upTo);
  }

  async *silent(source: string, before: number): AsyncGenerator<readonly string[]> {
    let last = '';
    for (;;) {
      const keys = this.#database
        .all(SILENT, source, last, before)
        .map((row) => textOf(row, 'key'));
      if (keys.length === 0) return;
      last = keys.at(-1) ?? '';
      yield keys;
    }
  }

  async purge(before: number, source: string | null = null): Promise<number> {
    // Numbers are never given anew (AUTOINCREMENT), so that all of them may go.
    const sql = `DELETE FROM inbox
      WHERE kept_at < ?1 AND content IS NULL AND (?2 IS NULL OR source = ?2)`;
    return this.#database.run(sql, before, source);
  }
}

function keptEvent(row: Row): KeptEvent {
  return {
    number: numberOf(row, 'number'),
    delivery: textOf(row, 'delivery'),
    place: numberOf(row, 'place'),
    key: textOf(row, 'key'),
    at: numberOf(row, 'at'),
    content: objectOf(row, 'content'),
  };
}
