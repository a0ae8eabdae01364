import type { EntityRef } from '../../message/message.ts';
import type { Horizon, HorizonStore } from '../horizon-store.ts';
import { type Database, numberOf, textOf } from './database.ts';
import type { Names } from './names.ts';

const NOTE = 'INSERT OR IGNORE INTO horizon VALUES (?, ?, ?, ?)';
const DUE = `SELECT DISTINCT kind, id FROM horizon WHERE target = ? AND until <= ?
  ORDER BY kind, id`;

/** Horizons on SQLite, clustered by target and day. */
export class SqliteHorizonStore implements HorizonStore {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
  }

  async note(target: string, horizons: readonly Horizon[]): Promise<void> {
    if (horizons.length === 0) return;
    this.#database.transaction(() => {
      const number = this.#names.number(target);
      for (const { origin, until } of horizons) {
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
    const sql = 'DELETE FROM horizon WHERE target = ? AND until <= ?';
    this.#database.run(sql, this.#names.number(target), upTo);
  }
}
