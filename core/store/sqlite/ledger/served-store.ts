import type { ServedQuery, ServedRow, ServedStore, Span } from '../../ledger-store.ts';
import { type Database, nullableTextOf, numberOf, type Row, textOf } from '../database.ts';
import type { Names } from '../names.ts';

const COLUMNS = `served.key AS key, created_at, changed_at, CASE is_gone WHEN 1 THEN NULL
  ELSE (SELECT object FROM ledger WHERE ledger.target = served.target
    AND ledger.object_kind = served.object_kind AND ledger.key = served.key) END AS object`;
const IN_KIND = `target = ? AND object_kind = ? AND is_gone = ?
  AND changed_at > ? AND changed_at < ? AND created_at > ? AND created_at < ?`;
const ORDERS = {
  key: { after: 'key > ?', by: 'key' },
  change: { after: '(changed_at, key) > (?, ?)', by: 'changed_at, key' },
} as const;
const ONE = `SELECT ${COLUMNS} FROM served
  WHERE target = ? AND object_kind = ? AND key = ? AND is_gone = 0`;
const COUNT = `SELECT count(*) AS count FROM served WHERE ${IN_KIND}`;

/** What clients may fetch, on SQLite: times beside the ledger, which has the objects. */
export class SqliteServedStore implements ServedStore {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
  }

  async page(
    target: string,
    objectKind: string,
    query: ServedQuery,
  ): Promise<readonly ServedRow[]> {
    const { order, after, limit, skip = 0, gone } = query;
    const { after: behind, by } = ORDERS[order];
    const first = order === 'key' ? [''] : [-1, ''];
    const place = order === 'key' ? [after?.key] : [after?.changedAt, after?.key];
    const rows = this.#database.all(
      `SELECT ${COLUMNS} FROM served WHERE ${IN_KIND} AND ${behind}
       ORDER BY ${by} LIMIT ${Math.trunc(limit)} OFFSET ${Math.trunc(skip)}`,
      ...this.#numbers(target, objectKind),
      Number(gone),
      ...bounds(query.changed),
      ...bounds(query.created),
      ...first.map((start, at) => place[at] ?? start),
    );
    return rows.map(rowOf);
  }

  async byKeys(
    target: string,
    objectKind: string,
    keys: readonly string[],
  ): Promise<readonly ServedRow[]> {
    const numbers = this.#numbers(target, objectKind);
    return keys.flatMap((key) => {
      const row = this.#database.get(ONE, ...numbers, key);
      return row === undefined ? [] : [rowOf(row)];
    });
  }

  async count(
    target: string,
    objectKind: string,
    { changed, created }: Pick<ServedQuery, 'changed' | 'created'>,
  ): Promise<number> {
    const spans = [...bounds(changed), ...bounds(created)];
    const row = this.#database.get(COUNT, ...this.#numbers(target, objectKind), 0, ...spans);
    return numberOf(row ?? {}, 'count');
  }

  async purge(before: number): Promise<number> {
    const sql = 'DELETE FROM served WHERE is_gone = 1 AND changed_at < ? RETURNING 1 AS one';
    return this.#database.all(sql, before).length;
  }

  #numbers(target: string, objectKind: string): readonly [number, number] {
    return [this.#names.number(target), this.#names.number(objectKind)];
  }
}

function bounds({ after, before }: Span): readonly [number, number] {
  return [after ?? -1, before ?? Number.MAX_SAFE_INTEGER];
}

function rowOf(row: Row): ServedRow {
  const object = nullableTextOf(row, 'object');
  return {
    key: textOf(row, 'key'),
    object: object === null ? null : JSON.parse(object),
    createdAt: numberOf(row, 'created_at'),
    changedAt: numberOf(row, 'changed_at'),
  };
}
