import type {
  GroupName,
  GroupPart,
  MessagePage,
  OfOrigins,
  OfPart,
  PageKey,
  PageWish,
} from '../../message-store.ts';
import { type Database, nullableTextOf, numberOf, type Row, textOf } from '../database.ts';
import { type Condition, unitCondition } from './message-conditions.ts';
import { messageOf } from './message-rows.ts';

/** What a page is ordered by; the last of them is its alone. */
const COLUMNS = {
  number: ['number'],
  updated: ['updated_at', 'number'],
  place: ['place_file', 'place_field', 'place_line', 'number'],
} as const;

/** What comes after a key of a group, or of a part of it. */
export function pageIn(
  database: Database,
  group: GroupName & OfPart & OfOrigins,
  { by, isDown = false, after, limit }: PageWish,
): MessagePage {
  const columns = COLUMNS[by];
  const order = columns.map((column) => `${column}${isDown ? ' DESC' : ''}`).join(', ');
  const { where, values } = unitCondition(group);
  const key = keyCondition(columns, isDown, after);
  // The index has all that is looked at; of the rows themselves one page is read.
  const rows = database.all(
    `SELECT message.* FROM (
       SELECT number AS own FROM message ${indexFor(group, by)}
       WHERE state IN ('failed', 'blocked', 'retrying') ${where} ${key.where}
       ORDER BY ${order} LIMIT ?
     ) JOIN message ON number = own ORDER BY ${order}`,
    ...[...values, ...key.values, limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const next = last === undefined ? null : keyOf(last, columns);
  return { messages: shown.map(messageOf), next };
}

/**
 * Which index serves is said here: of a whole group the rows of two are in order already, and one
 * has the unit's alone together. All else is one look through the index of parts.
 */
function indexFor({ run, place, unit, origins }: OfPart & OfOrigins, by: PageWish['by']): string {
  if (origins !== undefined) return 'INDEXED BY message_origin';
  const isPart = run !== undefined || place !== undefined;
  if (isPart || by === 'place') return 'INDEXED BY message_part';
  if (unit !== undefined) return 'INDEXED BY message_unit';
  return by === 'number' ? 'INDEXED BY message_trouble' : 'INDEXED BY message_last';
}

function keyCondition(
  columns: readonly string[],
  isDown: boolean,
  after: PageKey | null,
): Condition {
  if (after === null) return { where: '', values: [] };
  const marks = columns.map(() => '?').join(', ');
  const where = `AND (${columns.join(', ')}) ${isDown ? '<' : '>'} (${marks})`;
  return { where, values: [...after] };
}

function keyOf(row: Row, columns: readonly string[]): PageKey {
  return columns.map((column) => {
    const value = row[column];
    return typeof value === 'string' ? value : numberOf(row, column);
  });
}

/** Of which school units a group is, or a part of it. */
export function unitsIn(database: Database, group: GroupName & OfPart): readonly string[] {
  const { where, values } = unitCondition(group);
  const isPart = group.run !== undefined || group.place !== undefined;
  const rows = database.all(
    `SELECT DISTINCT unit FROM message INDEXED BY ${isPart ? 'message_part' : 'message_unit'}
     WHERE state IN ('failed', 'blocked', 'retrying') ${where}`,
    ...values,
  );
  return rows.map((row) => nullableTextOf(row, 'unit') ?? '');
}

/** Of which runs and places a group is. */
export function partsIn(database: Database, group: GroupName): readonly GroupPart[] {
  const { where, values } = unitCondition(group);
  const rows = database.all(
    `SELECT run, place_file, place_field, count(*) AS count FROM message INDEXED BY message_part
     WHERE state IN ('failed', 'blocked', 'retrying') ${where}
     GROUP BY place_file, place_field, run`,
    ...values,
  );
  return rows.map((row) => ({
    run: textOf(row, 'run'),
    file: textOf(row, 'place_file'),
    field: textOf(row, 'place_field'),
    count: numberOf(row, 'count'),
  }));
}
