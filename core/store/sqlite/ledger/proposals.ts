import type { JsonObject, ObjectRef } from '../../../message/message.ts';
import type { LedgerRow } from '../../ledger-store.ts';
import type { Staging } from '../staging.ts';
import type { LedgerColumns } from './ledger-columns.ts';

const COLUMNS = `target, object_kind, origin_kind, origin_id, key, hash, object, remote_id, run,
  confirmed_at, unit, suspended_since, remark, sent_references`;
const PAGE = 1000;
const ADD = `INSERT OR REPLACE INTO staging.proposal (${COLUMNS})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ADD_REMOVAL = `INSERT OR REPLACE INTO staging.proposal
  (target, object_kind, origin_kind, origin_id, key) VALUES (?, ?, ?, ?, ?)`;
const REMOVE = `DELETE FROM ledger WHERE
  (target, object_kind, origin_kind, origin_id, key) IN (
    SELECT target, object_kind, origin_kind, origin_id, key FROM staging.proposal
    WHERE target = ? AND object IS NULL)`;
const CONFIRM = `INSERT OR REPLACE INTO ledger (${COLUMNS}) SELECT ${COLUMNS}
  FROM staging.proposal WHERE target = ? AND object IS NOT NULL`;
const WITHDRAW = 'DELETE FROM staging.proposal WHERE target = ?';
const OF_OTHERS = 'SELECT 1 FROM staging.proposal WHERE target < ? OR target > ? LIMIT 1';
const NOTE_GONE = `INSERT INTO served
  SELECT target, object_kind, key, ?2, ?2, 1 FROM staging.proposal
  WHERE target = ?1 AND object IS NULL
  ON CONFLICT (target, object_kind, key) DO UPDATE
  SET created_at = ?2, changed_at = ?2, is_gone = 1`;
const NOTE_THERE = `INSERT INTO served
  SELECT target, object_kind, key, ?2, ?2, 0 FROM staging.proposal
  WHERE target = ?1 AND object IS NOT NULL
  ON CONFLICT (target, object_kind, key) DO UPDATE
  SET created_at = CASE is_gone WHEN 1 THEN ?2 ELSE created_at END, changed_at = ?2, is_gone = 0`;
const HELD = 'SELECT 1 FROM ledger WHERE target = ? AND object_kind = ? LIMIT 1';
const INDEX_KEYS = `CREATE INDEX IF NOT EXISTS staging.proposal_key
  ON proposal (target, object_kind, key)`;
/** Both halves lie in this order already, so that SQLite merges them. */
const OBJECTS = `SELECT origin_kind, origin_id, key, object FROM ledger
  WHERE target = ?1 AND object_kind = ?2 AND (origin_kind, origin_id, key) > (?3, ?4, ?5)
  AND NOT EXISTS (SELECT 1 FROM staging.proposal AS changed WHERE changed.target = ledger.target
    AND changed.object_kind = ledger.object_kind AND changed.key = ledger.key)
  UNION ALL SELECT origin_kind, origin_id, key, object FROM staging.proposal
  WHERE target = ?1 AND object_kind = ?2 AND (origin_kind, origin_id, key) > (?3, ?4, ?5)
  AND object IS NOT NULL
  ORDER BY origin_kind, origin_id, key LIMIT ${PAGE}`;

/** What the ledger will say of a target once it has its whole set. */
export class Proposals {
  readonly #staging: Staging;
  readonly #columns: LedgerColumns;

  constructor(staging: Staging, columns: LedgerColumns) {
    this.#staging = staging;
    this.#columns = columns;
  }

  add(rows: readonly LedgerRow[], removals: readonly ObjectRef[]): void {
    const { database } = this.#staging;
    database.transaction(() => {
      for (const ref of removals) database.run(ADD_REMOVAL, ...this.#columns.keyOf(ref));
      for (const row of rows) database.run(ADD, ...this.#columns.valuesOf(row));
    });
  }

  /** The objects of the ledger's rows of one kind, with what is proposed laid over them. */
  *objects(target: string, objectKind: string): Generator<readonly JsonObject[]> {
    const { database } = this.#staging;
    const [targetNumber, kindNumber] = this.#columns.numbers(target, objectKind, '');
    // Only what is held already is looked for by its key.
    const isHeld = database.get(HELD, targetNumber, kindNumber) !== undefined;
    if (isHeld) database.exec(INDEX_KEYS);
    let after: readonly [number, string, string] = [-1, '', ''];
    for (;;) {
      const rows = database.lists(OBJECTS, targetNumber, kindNumber, ...after);
      const last = rows.at(-1);
      if (last === undefined) return;
      const [kind, id, key] = last;
      after = [Number(kind), String(id), String(key)];
      yield rows.map(([, , , object]) => JSON.parse(String(object)));
    }
  }

  confirm(target: string, servedAt: number | null): void {
    const { database } = this.#staging;
    const number = this.#columns.target(target);
    database.transaction(() => {
      database.run(REMOVE, number);
      database.run(CONFIRM, number);
      if (servedAt === null) return;
      database.run(NOTE_GONE, number, servedAt);
      database.run(NOTE_THERE, number, servedAt);
    });
    this.withdraw(target);
  }

  /** What is proposed of other targets stays; where nothing else is, the space is given back. */
  withdraw(target: string): void {
    const { database } = this.#staging;
    const number = this.#columns.target(target);
    if (database.get(OF_OTHERS, number, number) === undefined) this.#staging.empty('proposal');
    else database.run(WITHDRAW, number);
  }
}
