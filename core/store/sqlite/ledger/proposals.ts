import type { ObjectRef } from '../../../message/message.ts';
import type { LedgerRow, SameSpans, SetSpan } from '../../ledger-store.ts';
import { type ReadStretch, spansOf, stretchesOf } from '../../shared/set-spans.ts';
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
/** What is proposed, and whatever holds a key of it now. */
const CHANGED = `SELECT origin_kind, origin_id, key FROM staging.proposal
  WHERE target = ?1 AND object_kind = ?2
  UNION SELECT held.origin_kind, held.origin_id, held.key
  FROM staging.proposal AS changed CROSS JOIN ledger AS held ON held.target = changed.target
    AND held.object_kind = changed.object_kind AND held.key = changed.key
  WHERE changed.target = ?1 AND changed.object_kind = ?2`;
const WITHIN = `target = ?1 AND object_kind = ?2 AND (origin_kind, origin_id, key) > (?3, ?4, ?5)
  AND (origin_kind, origin_id, key) <= (?6, ?7, ?8)`;
/** Both halves lie in this order already, so that SQLite merges them. */
const OBJECTS = `SELECT origin_kind, origin_id, key, object FROM ledger WHERE ${WITHIN}
  AND NOT EXISTS (SELECT 1 FROM staging.proposal AS changed WHERE changed.target = ledger.target
    AND changed.object_kind = ledger.object_kind AND changed.key = ledger.key)
  UNION ALL SELECT origin_kind, origin_id, key, object FROM staging.proposal
  WHERE ${WITHIN} AND object IS NOT NULL
  ORDER BY origin_kind, origin_id, key LIMIT ${PAGE}`;

/** Number of the origin's kind, its id, and the key: the order in which a set stands. */
type Place = readonly [kind: number, id: string, key: string];

const FIRST: Place = [-1, '', ''];
const BEHIND_ALL: Place = [Number.MAX_SAFE_INTEGER, '', ''];

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
  *set(
    target: string,
    objectKind: string,
    ends: readonly string[],
  ): Generator<SetSpan | SameSpans> {
    const { database } = this.#staging;
    const [targetNumber, kindNumber] = this.#columns.numbers(target, objectKind, '');
    // Only what is held already is looked for by its key.
    const isHeld = database.get(HELD, targetNumber, kindNumber) !== undefined;
    if (isHeld) database.exec(INDEX_KEYS);
    const changed = isHeld ? database.lists(CHANGED, targetNumber, kindNumber) : [];
    const places = changed.map((place) => JSON.stringify(place));
    for (const stretch of stretchesOf(ends, places, inOrder)) {
      if ('from' in stretch) yield stretch;
      else yield* this.#spans(targetNumber, kindNumber, stretch);
    }
  }

  *#spans(target: number, kind: number, { after, upTo }: ReadStretch): Generator<SetSpan> {
    const { database } = this.#staging;
    const end = upTo === null ? BEHIND_ALL : placeOf(upTo);
    for (let at = after === null ? FIRST : placeOf(after); ; ) {
      const rows = database.lists(OBJECTS, target, kind, ...at, ...end);
      const last = rows.at(-1);
      if (last === undefined) return;
      yield* spansOf(
        rows.map(([origin, id, key, object]) => {
          return [JSON.stringify([origin, id, key]), JSON.parse(String(object))];
        }),
      );
      at = [Number(last[0]), String(last[1]), String(last[2])];
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

function placeOf(place: string): Place {
  // SAFETY: a place is made of these three alone.
  return JSON.parse(place) as Place;
}

/** As SQLite orders them: numbers, then texts by their bytes. */
function inOrder(one: string, other: string): number {
  const [[kind, ...texts], [otherKind, ...otherTexts]] = [placeOf(one), placeOf(other)];
  if (kind !== otherKind) return kind - otherKind;
  const [id, otherId] = [Buffer.from(texts[0]), Buffer.from(otherTexts[0])];
  const byId = Buffer.compare(id, otherId);
  return byId === 0 ? Buffer.compare(Buffer.from(texts[1]), Buffer.from(otherTexts[1])) : byId;
}
