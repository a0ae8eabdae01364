import type { EntityRef } from '../../message/message.ts';
import type { Protection, ProtectionStore } from '../protection-store.ts';
import { type Database, objectOf, textOf } from './database.ts';
import { refOf } from './entities/part-row.ts';

const PUT = 'INSERT OR REPLACE INTO protection VALUES (?, ?, ?, ?)';

/** Who is protected by whose word, on SQLite: few rows, read as a whole. */
export class SqliteProtectionStore implements ProtectionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async all(): Promise<readonly Protection[]> {
    const rows = this.#database.all('SELECT * FROM protection ORDER BY kind, id, source');
    return rows.map((row) => ({
      entity: refOf(row),
      source: textOf(row, 'source'),
      marks: objectOf(row, 'marks'),
    }));
  }

  async put(protections: readonly Protection[]): Promise<void> {
    if (protections.length === 0) return;
    this.#database.transaction(() => {
      for (const { entity, source, marks } of protections) {
        this.#database.run(PUT, entity.kind, entity.id, source, JSON.stringify(marks));
      }
    });
  }

  async remove({ kind, id }: EntityRef): Promise<void> {
    this.#database.run('DELETE FROM protection WHERE kind = ? AND id = ?', kind, id);
  }
}
