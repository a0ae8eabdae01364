import type { QuarantinedRecord, QuarantineStore } from '../../quarantine-store.ts';
import { type Database, numberOf, objectOf, type Row, textOf } from '../database.ts';

const PAGE = 500;
const ADD = `INSERT OR REPLACE INTO quarantine (id, source, stream, value, file, line, unread, connector)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
const SCAN = `SELECT * FROM quarantine WHERE source = ? AND number > ? ORDER BY number LIMIT ${PAGE}`;

/** Records that could not be taken in, as they came, until they are. */
export class SqliteQuarantineStore implements QuarantineStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async put(records: readonly QuarantinedRecord[]): Promise<void> {
    this.#database.transaction(() => {
      for (const { id, source, stream, value, file, line, ...more } of records) {
        const content = JSON.stringify(value);
        const { isUnread = false, connector = '' } = more;
        const about = [id, source, stream, content, file, line, Number(isUnread), connector];
        this.#database.run(ADD, ...about);
      }
    });
  }

  async *scan(source: string): AsyncGenerator<readonly QuarantinedRecord[]> {
    let after = 0;
    for (;;) {
      const rows = this.#database.all(SCAN, source, after);
      if (rows.length === 0) return;
      after = numberOf(rows.at(-1) ?? {}, 'number');
      yield rows.map(recordOf);
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    this.#database.transaction(() => this.forget(ids));
  }

  /** Inside a transaction. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#database.run('DELETE FROM quarantine WHERE id = ?', id);
  }
}

function recordOf(row: Row): QuarantinedRecord {
  const connector = textOf(row, 'connector');
  return {
    id: textOf(row, 'id'),
    source: textOf(row, 'source'),
    stream: textOf(row, 'stream'),
    value: objectOf(row, 'value'),
    file: textOf(row, 'file'),
    line: numberOf(row, 'line'),
    ...(connector === '' ? {} : { connector }),
    ...(numberOf(row, 'unread') === 1 ? { isUnread: true } : {}),
  };
}
