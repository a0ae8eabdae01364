import type { Found } from '../../entity-store.ts';
import type { Database } from '../database.ts';

const PAGE = 5000;
/** As text: a value of bytes costs an array of its own outside the heap. */
const AFTER = `SELECT id, hex(hashes) FROM lookup WHERE kind = ? AND id > ? ORDER BY id LIMIT ${PAGE}`;

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

/** Who of a kind is found by any of these, which are of one length; all rows are read once. */
export function* foundAmong(
  database: Database,
  kind: string,
  lookups: ReadonlySet<string>,
): Generator<readonly Found[]> {
  const [first] = lookups;
  if (first === undefined) return;
  let after = '';
  for (;;) {
    const rows = database.lists(AFTER, kind, after);
    if (rows.length === 0) return;
    const found = rows.flatMap(([id, hashes]) => {
      const all = hashesIn(String(hashes).toLowerCase(), first.length);
      const by = all.filter((one) => lookups.has(one));
      return by.length === 0 ? [] : [{ id: String(id), by }];
    });
    if (found.length > 0) yield found;
    after = String(rows.at(-1)?.[0]);
  }
}

function hashesIn(packed: string, length: number): readonly string[] {
  const hashes: string[] = [];
  for (let at = 0; at < packed.length; at += length) hashes.push(packed.slice(at, at + length));
  return hashes;
}
