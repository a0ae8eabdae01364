import type { ObjectRef } from '../../message/message.ts';
import type { LedgerRow } from '../ledger-store.ts';
import type { LedgerColumns } from './ledger-columns.ts';
import type { Staging } from './staging.ts';

const COLUMNS = `target, object_kind, origin_kind, origin_id, key, hash, object, remote_id, run,
  confirmed_at, unit, leaving_since, remark`;
const ADD = `INSERT INTO staging.proposal (${COLUMNS})
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const ADD_REMOVAL = `INSERT INTO staging.proposal
  (target, object_kind, origin_kind, origin_id, key) VALUES (?, ?, ?, ?, ?)`;
const REMOVE = `DELETE FROM ledger WHERE
  (target, object_kind, origin_kind, origin_id, key) IN (
    SELECT target, object_kind, origin_kind, origin_id, key FROM staging.proposal
    WHERE target = ? AND object IS NULL)`;
const CONFIRM = `INSERT OR REPLACE INTO ledger (${COLUMNS}) SELECT ${COLUMNS}
  FROM staging.proposal WHERE target = ? AND object IS NOT NULL ORDER BY number`;

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

  confirm(target: string): void {
    const { database } = this.#staging;
    const number = this.#columns.target(target);
    database.transaction(() => {
      database.run(REMOVE, number);
      database.run(CONFIRM, number);
    });
    this.clear();
  }

  clear(): void {
    this.#staging.empty('proposal');
  }
}
