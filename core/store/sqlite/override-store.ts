import type { Override, OverrideFilter, OverrideStore } from '../override-store.ts';
import { type Database, numberOf, textOf } from './database.ts';

const ADD = 'INSERT OR IGNORE INTO override VALUES (?, ?, ?, ?, ?, ?)';
const REPLACE = `UPDATE override SET ended_at = ?, json = ?, version = version + 1
  WHERE id = ? AND version = ?`;
const LIST = `SELECT json, version FROM override WHERE (?1 IS NULL OR target = ?1)
  AND (?2 = 0 OR ended_at IS NULL) ORDER BY begun_at DESC, id`;

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
    const rows = this.#database.all(LIST, target ?? null, isOpen === true ? 1 : 0);
    return rows.map((row): Override => {
      return { ...JSON.parse(textOf(row, 'json')), version: numberOf(row, 'version') };
    });
  }

  async purge(before: number): Promise<number> {
    return this.#database.run('DELETE FROM override WHERE ended_at < ?', before);
  }
}
