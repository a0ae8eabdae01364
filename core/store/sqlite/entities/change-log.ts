import type { Change, Changes } from '../../entity-store.ts';
import { eachOnce } from '../../shared/changed-fields.ts';
import { type Database, numberOf, type Row, textOf } from '../database.ts';

/** More changes than this are not told one by one: to look at everything is quicker then. */
const MOST = 50_000;
const INSERT = 'INSERT INTO change (kind, id, what, fields) VALUES (?, ?, ?, ?)';
const WHATS = ['content', 'referrers'] as const;

/** Inside a transaction: notes that an entity has changed. */
export function noteChange(database: Database, { kind, id, what, fields }: Change): void {
  const told = fields === undefined ? null : JSON.stringify(fields);
  database.run(INSERT, kind, id, WHATS.indexOf(what), told);
}

/** Notes that anything may have changed, in place of everything that was noted before. */
export function noteEverything(database: Database): void {
  database.transaction(() => {
    database.run('DELETE FROM change');
    database.run(INSERT, '', '', 0, null);
  });
}

/** Keeps the log short. */
export function shorten(database: Database): void {
  const row = database.get('SELECT count(*) AS count FROM change') ?? {};
  if (numberOf(row, 'count') > MOST) noteEverything(database);
}

export function changesAfter(database: Database, after: number): Changes {
  const newest = database.get('SELECT max(number) AS number FROM change') ?? {};
  const until = numberOf(newest, 'number');
  const select = 'SELECT kind, id, what, fields FROM change WHERE number > ?';
  const rows = database.all(select, after);
  if (rows.some((row) => row['kind'] === '')) return { until, changed: null };
  return { until, changed: eachOnce(rows.map(changeOf)) };
}

function changeOf(row: Row): Change {
  const what = WHATS[numberOf(row, 'what')] ?? 'content';
  const about = { kind: textOf(row, 'kind'), id: textOf(row, 'id'), what };
  return row['fields'] === null ? about : { ...about, fields: JSON.parse(textOf(row, 'fields')) };
}
