import type { EntityRef, JsonObject, ObjectRef } from '../../../message/message.ts';
import type { LedgerRow, LedgerStore, SameSpans, SetSpan } from '../../ledger-store.ts';
import { type Database, nullableTextOf, numberOf, type Row, textOf } from '../database.ts';
import type { Names } from '../names.ts';
import type { Staging } from '../staging.ts';
import { LedgerColumns } from './ledger-columns.ts';
import { Proposals } from './proposals.ts';

const PAGE = 1000;
const REMOVE = `DELETE FROM ledger WHERE target = ? AND object_kind = ? AND origin_kind = ?
  AND origin_id = ? AND key = ?`;
const ASSIGN = `UPDATE ledger SET unit = ? WHERE target = ? AND object_kind = ?
  AND origin_kind = ? AND origin_id = ? AND key = ?`;
const REMOVE_KEY = 'DELETE FROM ledger WHERE target = ? AND object_kind = ? AND key = ?';
const UPSERT = `INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The ledger on SQLite, clustered by the entity that an object came from. */
export class SqliteLedgerStore implements LedgerStore {
  readonly #database: Database;
  readonly #names: Names;
  readonly #columns: LedgerColumns;
  readonly #proposals: Proposals;

  constructor(database: Database, staging: Staging, names: Names) {
    this.#database = database;
    this.#names = names;
    this.#columns = new LedgerColumns(names);
    this.#proposals = new Proposals(staging, this.#columns);
  }

  async *scan(
    target: string,
    objectKind: string,
    originKind: string,
  ): AsyncGenerator<readonly LedgerRow[]> {
    const numbers = this.#columns.numbers(target, objectKind, originKind);
    let after = { id: '', key: '' };
    for (;;) {
      const rows = this.#database.all(
        `SELECT * FROM ledger WHERE target = ? AND object_kind = ? AND origin_kind = ?
         AND (origin_id, key) > (?, ?) ORDER BY origin_id, key LIMIT ${PAGE}`,
        ...numbers,
        after.id,
        after.key,
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      after = { id: textOf(last, 'origin_id'), key: textOf(last, 'key') };
      yield rows.map((row) => this.#rowOf(row));
    }
  }

  async byOrigins(
    target: string,
    objectKind: string,
    origins: readonly EntityRef[],
  ): Promise<readonly LedgerRow[]> {
    const sql = `SELECT * FROM ledger WHERE target = ? AND object_kind = ? AND origin_kind = ?
      AND origin_id = ? ORDER BY key`;
    return origins.flatMap(({ kind, id }) => {
      const rows = this.#database.all(sql, ...this.#columns.numbers(target, objectKind, kind), id);
      return rows.map((row) => this.#rowOf(row));
    });
  }

  async byKeys(
    target: string,
    objectKind: string,
    keys: readonly string[],
  ): Promise<readonly LedgerRow[]> {
    const sql = 'SELECT * FROM ledger WHERE target = ? AND object_kind = ? AND key = ?';
    const [targetNumber, kindNumber] = this.#columns.numbers(target, objectKind, '');
    return keys.flatMap((key) => {
      const row = this.#database.get(sql, targetNumber, kindNumber, key);
      return row === undefined ? [] : [this.#rowOf(row)];
    });
  }

  async count(target: string, objectKind: string): Promise<number> {
    const sql = 'SELECT count(*) AS count FROM ledger WHERE target = ? AND object_kind = ?';
    const [targetNumber, kindNumber] = this.#columns.numbers(target, objectKind, '');
    return numberOf(this.#database.get(sql, targetNumber, kindNumber) ?? {}, 'count');
  }

  async originKinds(target: string, objectKind: string): Promise<readonly string[]> {
    const [targetNumber, kindNumber] = this.#columns.numbers(target, objectKind, '');
    const kinds: string[] = [];
    let after = -1;
    for (;;) {
      const row = this.#database.get(
        `SELECT origin_kind FROM ledger WHERE target = ? AND object_kind = ? AND origin_kind > ?
         ORDER BY origin_kind LIMIT 1`,
        targetNumber,
        kindNumber,
        after,
      );
      if (row === undefined) return kinds;
      after = numberOf(row, 'origin_kind');
      kinds.push(this.#names.text(after));
    }
  }

  async write(rows: readonly LedgerRow[], removals: readonly ObjectRef[]): Promise<void> {
    this.#database.transaction(() => {
      for (const ref of removals) this.remove(ref);
      for (const row of rows) this.put(row);
    });
  }

  async assign(rows: readonly { readonly ref: ObjectRef; readonly unit: string }[]): Promise<void> {
    if (rows.length === 0) return;
    this.#database.transaction(() => {
      for (const { ref, unit } of rows) {
        this.#database.run(ASSIGN, this.#names.number(unit), ...this.#columns.keyOf(ref));
      }
    });
  }

  async propose(rows: readonly LedgerRow[], removals: readonly ObjectRef[]): Promise<void> {
    this.#proposals.add(rows, removals);
  }

  async *proposedSet(
    target: string,
    objectKind: string,
    ends: readonly string[],
  ): AsyncGenerator<SetSpan | SameSpans> {
    yield* this.#proposals.set(target, objectKind, ends);
  }

  async confirm(target: string, servedAt?: number): Promise<void> {
    this.#proposals.confirm(target, servedAt ?? null);
  }

  async held(): Promise<readonly { target: string; objectKind: string }[]> {
    const sql = `SELECT DISTINCT t.text AS target, k.text AS kind FROM ledger
      JOIN name t ON t.number = target JOIN name k ON k.number = object_kind ORDER BY 1, 2`;
    return this.#database.all(sql).map((row) => {
      return { target: textOf(row, 'target'), objectKind: textOf(row, 'kind') };
    });
  }

  async withdraw(target: string): Promise<void> {
    this.#proposals.withdraw(target);
  }

  /** Inside a transaction: writes a row; one that another entity held under this key goes. */
  put(row: LedgerRow): void {
    this.#database.run(UPSERT, ...this.#columns.valuesOf(row));
  }

  /** Inside a transaction: removes the row if it is still this entity's. */
  remove(ref: ObjectRef): void {
    this.#database.run(REMOVE, ...this.#columns.keyOf(ref));
  }

  /** Inside a transaction: removes whatever stands under a key that the target knows no more. */
  removeKey(target: string, objectKind: string, key: string): void {
    const [targetNumber, kindNumber] = this.#columns.numbers(target, objectKind, '');
    this.#database.run(REMOVE_KEY, targetNumber, kindNumber, key);
  }

  #rowOf(row: Row): LedgerRow {
    return new StoredRow(row, this.#names);
  }
}

/** A row whose object is parsed only when it is asked for: most plans compare hashes alone. */
class StoredRow implements LedgerRow {
  readonly ref: ObjectRef;
  readonly unit: string;
  readonly hash: string;
  readonly remoteId: string | null;
  readonly run: string;
  readonly confirmedAt: number;
  readonly suspendedSince: string | null;
  readonly remark?: string;
  readonly #json: string;
  readonly #sent: string | null;

  constructor(row: Row, names: Names) {
    this.ref = {
      target: names.text(numberOf(row, 'target')),
      objectKind: names.text(numberOf(row, 'object_kind')),
      origin: { kind: names.text(numberOf(row, 'origin_kind')), id: textOf(row, 'origin_id') },
      key: textOf(row, 'key'),
    };
    this.unit = row['unit'] === null ? '' : names.text(numberOf(row, 'unit'));
    this.hash = textOf(row, 'hash');
    this.remoteId = nullableTextOf(row, 'remote_id');
    this.run = textOf(row, 'run');
    this.confirmedAt = numberOf(row, 'confirmed_at');
    this.suspendedSince = nullableTextOf(row, 'suspended_since');
    if (row['remark'] !== null) this.remark = textOf(row, 'remark');
    this.#json = textOf(row, 'object');
    this.#sent = nullableTextOf(row, 'sent_references');
  }

  get references(): Readonly<Record<string, string>> | undefined {
    return this.#sent === null ? undefined : JSON.parse(this.#sent);
  }

  get object(): JsonObject {
    return JSON.parse(this.#json);
  }
}
