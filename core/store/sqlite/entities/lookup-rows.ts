import type { Found } from '../../entity-store.ts';
import type { Database } from '../database.ts';

const PAGE = 5000;
/** Each of a few takes as long as reading a row does; of more, rows are read and compared here. */
const FEW = 8;
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

/**
 * Who of a kind is found by any of these, which are of one length; all rows are read once. Where a
 * person waits for a few, the database passes over the others.
 */
export function* foundAmong(
  database: Database,
  kind: string,
  lookups: ReadonlySet<string>,
): Generator<readonly Found[]> {
  if (lookups.size === 0) return;
  if (lookups.size <= FEW) {
    const isOne = Array.from(lookups, () => 'instr(hashes, ?) > 0').join(' OR ');
    const sql = `SELECT id, hex(hashes) FROM lookup WHERE kind = ? AND (${isOne}) ORDER BY id`;
    const bytes = Array.from(lookups, (one) => Buffer.from(one, 'hex'));
    yield foundIn(database.lists(sql, kind, ...bytes), lookups);
    return;
  }
  let after = '';
  for (;;) {
    const rows = database.lists(AFTER, kind, after);
    if (rows.length === 0) return;
    const found = foundIn(rows, lookups);
    if (found.length > 0) yield found;
    after = String(rows.at(-1)?.[0]);
  }
}

/** Whose hashes these are among; what lies across two of a row's is none of them. */
function foundIn(
  rows: ReturnType<Database['lists']>,
  lookups: ReadonlySet<string>,
): readonly Found[] {
  const [{ length } = ''] = lookups;
  return rows.flatMap(([id, hashes]) => {
    const all = hashesIn(String(hashes).toLowerCase(), length);
    const by = all.filter((one) => lookups.has(one));
    return by.length === 0 ? [] : [{ id: String(id), by }];
  });
}

function hashesIn(packed: string, length: number): readonly string[] {
  const hashes: string[] = [];
  for (let at = 0; at < packed.length; at += length) hashes.push(packed.slice(at, at + length));
  return hashes;
}
