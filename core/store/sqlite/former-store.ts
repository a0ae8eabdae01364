import type { Former, FormerStore } from '../former-store.ts';
import { type Database, numberOf, textOf } from './database.ts';

/** Former entities on SQLite. */
export class SqliteFormerStore implements FormerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put(formers: readonly Former[]): Promise<void> {
    if (formers.length === 0) return;
    const sql = 'INSERT OR REPLACE INTO former VALUES (?, ?, ?, ?)';
    this.#database.transaction(() => {
      for (const { entity, traits, goneAt } of formers) {
        this.#database.run(sql, entity.kind, entity.id, JSON.stringify(traits), goneAt);
      }
    });
  }

  async get(kind: string, ids: readonly string[]): Promise<readonly Former[]> {
    // As long as nobody has left, a first load need not ask for each.
    if (this.#database.get('SELECT 1 FROM former LIMIT 1') === undefined) return [];
    const sql = 'SELECT traits, gone_at FROM former WHERE kind = ? AND id = ?';
    return ids.flatMap((id) => {
      const row = this.#database.get(sql, kind, id);
      if (row === undefined) return [];
      const traits: readonly string[] = JSON.parse(textOf(row, 'traits'));
      return [{ entity: { kind, id }, traits, goneAt: numberOf(row, 'gone_at') }];
    });
  }

  async purge(before: number): Promise<number> {
    const sql = 'SELECT count(*) AS count FROM former WHERE gone_at < ?';
    const count = numberOf(this.#database.get(sql, before) ?? {}, 'count');
    this.#database.run('DELETE FROM former WHERE gone_at < ?', before);
    return count;
  }
}
