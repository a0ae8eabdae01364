import type { Double } from '../../entity-store.ts';
import { changedBy } from '../../shared/doubled.ts';
import { type Database, numberOf, textOf } from '../database.ts';
import { noteChange } from './change-log.ts';

/** However they are written: without case, blanks and hyphens in numbers. */
const SEARCH = `SELECT json_group_array(DISTINCT entity.id) AS ids
  FROM entity, json_each(entity.content, ?1) AS item
  WHERE entity.kind = ?2 AND item.type = 'text'
  GROUP BY replace(replace(lower(item.value), ' ', ''), '-', '')
  HAVING count(DISTINCT entity.id) > 1`;
const ALL = 'SELECT label, place, id FROM doubled WHERE kind = ? ORDER BY label, number, place';
const PUT = 'INSERT INTO doubled (kind, label, number, place, id) VALUES (?, ?, ?, ?, ?)';

/** Groups of ids that share a value; the values stay in the database. */
export function searchDoubles(
  database: Database,
  kind: string,
  path: readonly string[],
): readonly (readonly string[])[] {
  const at = `$.${path.map((one) => `"${one}"`).join('.')}`;
  return database.all(SEARCH, at, kind).map((row) => JSON.parse(textOf(row, 'ids')));
}

export function readDoubles(database: Database, kind: string): readonly Double[] {
  const found: { as: string; ids: string[] }[] = [];
  for (const row of database.all(ALL, kind)) {
    if (numberOf(row, 'place') === 0) found.push({ as: textOf(row, 'label'), ids: [] });
    found.at(-1)?.ids.push(textOf(row, 'id'));
  }
  return found;
}

/** Inside a transaction. */
export function writeDoubles(database: Database, kind: string, doubles: readonly Double[]): void {
  const changes = changedBy(kind, readDoubles(database, kind), doubles);
  database.run('DELETE FROM doubled WHERE kind = ?', kind);
  for (const [number, { as, ids }] of doubles.entries()) {
    for (const [place, id] of ids.entries()) database.run(PUT, kind, as, number, place, id);
  }
  for (const one of changes) noteChange(database, one);
}
