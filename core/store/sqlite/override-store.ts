import type { Override, OverrideFilter, OverrideStore } from '../override-store.ts';
import { type Database, numberOf, textOf } from './database.ts';

const ADD = 'INSERT OR IGNORE INTO override VALUES (?, ?, ?, ?, ?, ?)';
const REPLACE = `UPDATE override SET ended_at = ?, json = ?, version = version + 1
  WHERE id = ? AND version = ?`;
const IN_ORDER = 'ORDER BY begun_at DESC, id';

/** What persons have set in the place of mappings, on SQLite. */
export class SqliteOverrideStore implements OverrideStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(override: Override): Promise<void> {
    const { id, target, from, end, version } = override;
    const json = JSON.stringify(override);
    this.#database.run(ADD, id, target, from, end?.at ?? null, version, json);
  }

  async replace(override: Override): Promise<boolean> {
    const { id, end, version } = override;
    const json = JSON.stringify(override);
    return this.#database.run(REPLACE, end?.at ?? null, json, id, version) > 0;
  }

  async list({ target, isOpen }: OverrideFilter): Promise<readonly Override[]> {
    const of = target === undefined ? 'TRUE' : 'target = ?';
    // Every delivery asks for the open ones of its target, however many have ended.
    const state = isOpen === true ? 'ended_at IS NULL' : 'TRUE';
    const sql = `SELECT json, version FROM override WHERE ${of} AND ${state} ${IN_ORDER}`;
    const rows = this.#database.all(sql, ...(target === undefined ? [] : [target]));
    return rows.map((row): Override => {
      return { ...JSON.parse(textOf(row, 'json')), version: numberOf(row, 'version') };
    });
  }

  async purge(before: number): Promise<number> {
    return this.#database.run('DELETE FROM override WHERE ended_at < ?', before);
  }
}
