import type { EntityRef } from '../../../message/message.ts';
import type {
  Changes,
  Dangling,
  Double,
  EntityStore,
  Found,
  RewrittenEntity,
  StoredEntity,
} from '../../entity-store.ts';
import type { Part } from '../../intake-store.ts';
import { type Database, numberOf, type Row, textOf } from '../database.ts';
import { changesAfter, noteChange } from './change-log.ts';
import { readDoubles, searchDoubles, writeDoubles } from './doubles.ts';
import { foundAmong, writeLookups } from './lookup-rows.ts';
import { partOf } from './part-row.ts';

const PAGE = 500;
/** What is missing is looked for in the order of the index, once however often it is named. */
const DANGLING = `SELECT from_kind, to_kind, count(DISTINCT to_id) AS count,
    json_group_array(json_object('from', from_id, 'to', to_id)) FILTER (WHERE nth <= 5) AS examples
  FROM (
    SELECT reference.*, row_number() OVER (PARTITION BY from_kind, to_kind ORDER BY to_id) AS nth
    FROM (SELECT DISTINCT to_kind AS kind, to_id AS id FROM reference) AS named
    JOIN reference ON to_kind = named.kind AND to_id = named.id
    WHERE NOT EXISTS (
      SELECT 1 FROM entity WHERE entity.kind = named.kind AND entity.id = named.id
    )
  ) GROUP BY from_kind, to_kind`;

const SELF_REFERENCES = `SELECT from_id, to_id FROM reference AS own
  WHERE from_kind = ?1 AND to_kind = ?1 AND EXISTS (
    SELECT 1 FROM reference WHERE to_kind = ?1 AND to_id = own.from_id AND from_kind = ?1
  ) AND EXISTS (
    SELECT 1 FROM reference WHERE from_kind = ?1 AND from_id = own.to_id AND to_kind = ?1
  ) ORDER BY from_id, to_id`;

const OF_NOBODY = `SELECT * FROM part WHERE NOT EXISTS (
    SELECT 1 FROM entity WHERE entity.kind = part.kind AND entity.id = part.id
  ) AND NOT EXISTS (
    SELECT 1 FROM gone_at_once AS gone WHERE gone.kind = part.kind AND gone.id = part.id
  ) ORDER BY kind, id LIMIT 10000`;

/** Entities on SQLite, clustered by kind and id. */
export class SqliteEntityStore implements EntityStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async *scan(kind: string): AsyncGenerator<readonly StoredEntity[]> {
    let after = '';
    for (;;) {
      const rows = this.#database.all(
        `SELECT id, hash, content FROM entity WHERE kind = ? AND id > ? ORDER BY id LIMIT ${PAGE}`,
        kind,
        after,
      );
      if (rows.length === 0) return;
      after = textOf(rows.at(-1) ?? {}, 'id');
      yield rows.map(storedOf);
    }
  }

  async get(kind: string, ids: readonly string[]): Promise<readonly StoredEntity[]> {
    const sql = 'SELECT hash, content FROM entity WHERE kind = ? AND id = ?';
    return ids.flatMap((id) => {
      const row = this.#database.get(sql, kind, id);
      return row === undefined ? [] : [storedOf(row)];
    });
  }

  async count(kind: string): Promise<number> {
    const row = this.#database.get('SELECT count(*) AS count FROM entity WHERE kind = ?', kind);
    return numberOf(row ?? {}, 'count');
  }

  async changes(after: number): Promise<Changes> {
    return changesAfter(this.#database, after);
  }

  async references({ kind, id }: EntityRef): Promise<readonly EntityRef[]> {
    const sql = `SELECT to_kind, to_id FROM reference WHERE from_kind = ? AND from_id = ?
      ORDER BY to_kind, to_id`;
    const rows = this.#database.all(sql, kind, id);
    return rows.map((row) => ({ kind: textOf(row, 'to_kind'), id: textOf(row, 'to_id') }));
  }

  async protected(kind: string): Promise<readonly StoredEntity[]> {
    // SQLite takes the primary key for as good, and reads every entity of the kind.
    const sql = `SELECT id, hash, content FROM entity INDEXED BY entity_shielded
      WHERE kind = ? AND shielded = 1 ORDER BY id`;
    return this.#database.all(sql, kind).map(storedOf);
  }

  async markAtOnce(entities: readonly EntityRef[]): Promise<void> {
    const sql = 'INSERT OR IGNORE INTO gone_at_once VALUES (?, ?)';
    this.#database.transaction(() => {
      for (const { kind, id } of entities) this.#database.run(sql, kind, id);
    });
  }

  async isMarkedAtOnce({ kind, id }: EntityRef): Promise<boolean> {
    const sql = 'SELECT 1 FROM gone_at_once WHERE kind = ? AND id = ?';
    return this.#database.get(sql, kind, id) !== undefined;
  }

  async goneAtOnce(kind: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    const sql = `SELECT 1 FROM gone_at_once WHERE kind = ? AND id = ?
      AND NOT EXISTS (SELECT 1 FROM entity WHERE kind = gone_at_once.kind AND id = gone_at_once.id)`;
    return new Set(ids.filter((id) => this.#database.get(sql, kind, id) !== undefined));
  }

  async referrers(to: readonly EntityRef[]): Promise<readonly (readonly EntityRef[])[]> {
    const sql = `SELECT from_kind, from_id FROM reference WHERE to_kind = ? AND to_id = ?
      ORDER BY from_kind, from_id`;
    return to.map(({ kind, id }) => {
      const rows = this.#database.all(sql, kind, id);
      return rows.map((row) => ({ kind: textOf(row, 'from_kind'), id: textOf(row, 'from_id') }));
    });
  }

  async selfReferences(kind: string): Promise<readonly { from: string; to: string }[]> {
    const rows = this.#database.all(SELF_REFERENCES, kind);
    return rows.map((row) => ({ from: textOf(row, 'from_id'), to: textOf(row, 'to_id') }));
  }

  async dangling(): Promise<readonly Dangling[]> {
    return this.#database.all(DANGLING).map((row) => ({
      from: textOf(row, 'from_kind'),
      to: textOf(row, 'to_kind'),
      count: numberOf(row, 'count'),
      examples: JSON.parse(textOf(row, 'examples')),
    }));
  }

  async ofNobody(): Promise<readonly Part[]> {
    return this.#database.all(OF_NOBODY).map(partOf);
  }

  async parts({ kind, id }: EntityRef): Promise<readonly Part[]> {
    const sql = 'SELECT * FROM part WHERE kind = ? AND id = ? ORDER BY source, stream, part';
    return this.#database.all(sql, kind, id).map(partOf);
  }

  async samples(): Promise<readonly Part[]> {
    // SQLite takes the other columns from the row that has the least part.
    const sql = `SELECT *, min(part) FROM part GROUP BY kind, source, stream
      ORDER BY kind, source, stream`;
    return this.#database.all(sql).map(partOf);
  }

  async byExternalId(source: string, kind: string, externalId: string): Promise<EntityRef | null> {
    const sql = 'SELECT id FROM part WHERE source = ? AND kind = ? AND external_id = ? LIMIT 1';
    const row = this.#database.get(sql, source, kind, externalId);
    return row === undefined ? null : { kind, id: textOf(row, 'id') };
  }

  async *byLookups(kind: string, lookups: ReadonlySet<string>): AsyncGenerator<readonly Found[]> {
    yield* foundAmong(this.#database, kind, lookups);
  }

  async index(
    kind: string,
    entities: readonly { readonly id: string; readonly lookups: readonly string[] }[],
  ): Promise<void> {
    this.#database.transaction(() => {
      for (const { id, lookups } of entities) writeLookups(this.#database, kind, id, lookups);
    });
  }

  async doubles(kind: string): Promise<readonly Double[]> {
    return readDoubles(this.#database, kind);
  }

  async searchDoubles(
    kind: string,
    path: readonly string[],
  ): Promise<readonly (readonly string[])[]> {
    return searchDoubles(this.#database, kind, path);
  }

  async putDoubles(kind: string, doubles: readonly Double[]): Promise<void> {
    this.#database.transaction(() => writeDoubles(this.#database, kind, doubles));
  }

  async rewrite(entities: readonly RewrittenEntity[]): Promise<void> {
    const sql = 'UPDATE entity SET hash = ?, content = ?, shielded = ? WHERE kind = ? AND id = ?';
    this.#database.transaction(() => {
      for (const { kind, entity, hash, isProtected } of entities) {
        const json = JSON.stringify(entity);
        this.#database.run(sql, hash, json, Number(isProtected), kind, entity.id);
        noteChange(this.#database, { kind, id: entity.id, what: 'content' });
      }
    });
  }
}

function storedOf(row: Row): StoredEntity {
  return { entity: JSON.parse(textOf(row, 'content')), hash: textOf(row, 'hash') };
}
