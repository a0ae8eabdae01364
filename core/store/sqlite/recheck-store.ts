import type { EntityRef } from '../../message/message.ts';
import type { Recheck, RecheckStore } from '../recheck-store.ts';
import { type Database, numberOf, textOf } from './database.ts';
import type { Names } from './names.ts';

const NOTE = 'INSERT OR IGNORE INTO recheck VALUES (?, ?, ?, ?)';
const DUE = `SELECT DISTINCT kind, id FROM recheck WHERE target = ? AND until <= ?
  ORDER BY kind, id`;

/** Rechecks on SQLite, clustered by target and day. */
export class SqliteRecheckStore implements RecheckStore {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
  }

  async note(target: string, rechecks: readonly Recheck[]): Promise<void> {
    if (rechecks.length === 0) return;
    this.#database.transaction(() => {
      const number = this.#names.number(target);
      for (const { origin, until } of rechecks) {
        this.#database.run(NOTE, number, until, this.#names.number(origin.kind), origin.id);
      }
    });
  }

  async due(target: string, today: string): Promise<readonly EntityRef[]> {
    const rows = this.#database.all(DUE, this.#names.number(target), today);
    return rows.map((row) => ({
      kind: this.#names.text(numberOf(row, 'kind')),
      id: textOf(row, 'id'),
    }));
  }

  async forget(target: string, upTo = '9999-12-31'): Promise<void> {
    const sql = 'DELETE FROM recheck WHERE target = ? AND until <= ?';
    this.#database.run(sql, this.#names.number(target), upTo);
  }
}
