import type { Change, Changes } from '../../entity-store.ts';
import { type Database, numberOf, textOf } from '../database.ts';

/** More changes than this are not told one by one: to look at everything is quicker then. */
const MOST = 50_000;
const INSERT = 'INSERT INTO change (kind, id, what) VALUES (?, ?, ?)';
const WHATS = ['content', 'referrers'] as const;

/** Inside a transaction: notes that an entity has changed. */
export function noteChange(database: Database, { kind, id, what }: Change): void {
  database.run(INSERT, kind, id, WHATS.indexOf(what));
}

/** Notes that anything may have changed, in place of everything that was noted before. */
export function noteEverything(database: Database): void {
  database.transaction(() => {
    database.run('DELETE FROM change');
    database.run(INSERT, '', '', 0);
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
  const rows = database.all(
    'SELECT kind, id, min(what) AS what FROM change WHERE number > ? GROUP BY kind, id',
    after,
  );
  if (rows.some((row) => row['kind'] === '')) return { until, changed: null };
  const changed = rows.map((row): Change => {
    const what = WHATS[numberOf(row, 'what')] ?? 'content';
    return { kind: textOf(row, 'kind'), id: textOf(row, 'id'), what };
  });
  return { until, changed };
}
