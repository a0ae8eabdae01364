import type { Database } from '../database.ts';

/** Inside a transaction: what an entity is found by from now on; nothing takes the row away. */
export function writeLookups(
  database: Database,
  kind: string,
  id: string,
  lookups: readonly string[],
): void {
  if (lookups.length === 0) {
    database.run('DELETE FROM lookup WHERE kind = ? AND id = ?', kind, id);
  } else {
    const packed = Buffer.from(lookups.join(''), 'hex');
    database.run('INSERT OR REPLACE INTO lookup VALUES (?, ?, ?)', kind, id, packed);
  }
}
