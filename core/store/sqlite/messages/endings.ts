import type { Ending } from '../../message-store.ts';
import { type Database, type Row, textOf } from '../database.ts';

const PAGE = 1000;

/** How messages ended that had a problem; written in the transaction that ends them. */
export class Endings {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  note(ending: Ending): void {
    const sql = 'INSERT OR REPLACE INTO ending VALUES (?, ?, ?)';
    this.#database.run(sql, ending.message.id, ending.at, JSON.stringify(ending));
  }

  remove(id: string): void {
    this.#database.run('DELETE FROM ending WHERE id = ?', id);
  }

  get(id: string): Ending | null {
    const row = this.#database.get('SELECT json FROM ending WHERE id = ?', id);
    return row === undefined ? null : endingIn(row);
  }

  *scan(how: Ending['how'], from: number): Generator<readonly Ending[]> {
    const sql = `SELECT id, json FROM ending WHERE at >= ? AND id > ?
      AND json_extract(json, '$.how') = ? ORDER BY id LIMIT ${PAGE}`;
    let after = '';
    for (;;) {
      const rows = this.#database.all(sql, from, after, how);
      if (rows.length === 0) return;
      after = textOf(rows.at(-1) ?? {}, 'id');
      yield rows.map(endingIn);
    }
  }

  purge(before: number): number {
    return this.#database.run('DELETE FROM ending WHERE at < ?', before);
  }
}

function endingIn(row: Row): Ending {
  return JSON.parse(textOf(row, 'json'));
}
