import type { SQLInputValue } from 'node:sqlite';
import type { Message, Ticket } from '../../message/message.ts';
import type {
  GroupName,
  MessageFilter,
  MessageGroup,
  MessagePage,
  MessageStore,
  Settlement,
} from '../message-store.ts';
import { leftAfter, putAgain } from '../shared/open-message.ts';
import { type Database, nullableTextOf, numberOf, type Row, textOf } from './database.ts';
import type { SqliteLedgerStore } from './ledger/ledger-store.ts';

const PAGE = 1000;
const INSERT = `INSERT INTO message (id, type, target, object_kind, origin_kind, origin_id, key,
  action, rank, state, attempts, not_before, code, problem, run, created_at, updated_at, in_doubt)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const UPDATE = `UPDATE message SET origin_kind = ?, origin_id = ?, action = ?, rank = ?, state = ?,
  attempts = ?, not_before = ?, code = ?, problem = ?, run = ?, updated_at = ? WHERE id = ?`;
const DUE = "((state = 'waiting') OR (state = 'retrying' AND not_before <= ?))";

/** Messages on SQLite. A settlement changes message and ledger in one transaction. */
export class SqliteMessageStore implements MessageStore {
  readonly #database: Database;
  readonly #ledger: SqliteLedgerStore;
  readonly #now: () => number;

  constructor(database: Database, ledger: SqliteLedgerStore, now: () => number) {
    this.#database = database;
    this.#ledger = ledger;
    this.#now = now;
  }

  async put(messages: readonly Message[]): Promise<void> {
    if (messages.length === 0) return;
    this.#database.transaction(() => {
      for (const message of messages) this.#putOne(message);
    });
  }

  #putOne(message: Message): void {
    const row = this.#database.get('SELECT * FROM message WHERE id = ?', message.id);
    if (row === undefined) {
      const { origin, createdAt, updatedAt, id, type, target, objectKind, key } = message;
      const about = [id, type, target, objectKind, origin.kind, origin.id, key] as const;
      const times = [message.run, createdAt, updatedAt] as const;
      this.#database.run(INSERT, ...about, ...stateOf(message), ...times, Number(message.inDoubt));
      return;
    }
    const merged = putAgain(messageOf(row), message);
    const { origin, run, updatedAt, id } = merged;
    this.#database.run(UPDATE, origin.kind, origin.id, ...stateOf(merged), run, updatedAt, id);
  }

  async doubt(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const sql = 'UPDATE message SET in_doubt = 1 WHERE id = ? AND in_doubt = 0';
    this.#database.transaction(() => {
      for (const id of ids) this.#database.run(sql, id);
    });
  }

  async get(ids: readonly string[]): Promise<readonly Message[]> {
    return ids.flatMap((id) => {
      const row = this.#database.get('SELECT * FROM message WHERE id = ?', id);
      return row === undefined ? [] : [messageOf(row)];
    });
  }

  async *scan(filter: MessageFilter): AsyncGenerator<readonly Message[]> {
    const { where, values } = conditionOf(filter);
    let after = 0;
    for (;;) {
      const sql = `SELECT * FROM message WHERE ${where} AND number > ? ORDER BY number LIMIT ${PAGE}`;
      const rows = this.#database.all(sql, ...values, after);
      if (rows.length === 0) return;
      after = numberOf(rows.at(-1) ?? {}, 'number');
      yield rows.map(messageOf);
    }
  }

  async count(filter: MessageFilter): Promise<number> {
    const { where, values } = conditionOf(filter);
    const sql = `SELECT count(*) AS count FROM message WHERE ${where}`;
    return numberOf(this.#database.get(sql, ...values) ?? {}, 'count');
  }

  async summary(): Promise<readonly MessageGroup[]> {
    const rows = this.#database.all(
      // The partial index has all of it but the instant, which is read of one message a group.
      `SELECT grouped.*, first.created_at AS since FROM
       (SELECT target, type, state, code, object_kind, count(*) AS count, min(number) AS number
        FROM message WHERE state IN ('failed', 'blocked', 'retrying')
        GROUP BY target, type, state, code, object_kind) AS grouped
       JOIN message AS first ON first.number = grouped.number ORDER BY grouped.count DESC`,
    );
    return rows.map((row) => ({
      target: textOf(row, 'target'),
      type: typeOf(row),
      state: stateNameOf(row),
      code: nullableTextOf(row, 'code'),
      objectKind: textOf(row, 'object_kind'),
      count: numberOf(row, 'count'),
      since: numberOf(row, 'since'),
    }));
  }

  async page(group: GroupName, after: number, limit: number): Promise<MessagePage> {
    const { target, type, state, code, objectKind } = group;
    // Said so that the partial index serves: its rows are in order of number already.
    const rows = this.#database.all(
      `SELECT * FROM message WHERE state IN ('failed', 'blocked', 'retrying')
       AND target = ? AND type = ? AND state = ? AND code IS ? AND object_kind = ? AND number > ?
       ORDER BY number LIMIT ?`,
      ...[target, type, state, code, objectKind, after, limit + 1],
    );
    const shown = rows.slice(0, limit);
    const next = rows.length > limit ? numberOf(shown.at(-1) ?? {}, 'number') : null;
    return { messages: shown.map(messageOf), next };
  }

  async waitingFor(id: string, limit: number): Promise<readonly Message[]> {
    const rows = this.#database.all(
      `SELECT * FROM message WHERE state = 'blocked' AND json_extract(problem, '$.waitsFor') = ?
       ORDER BY number LIMIT ?`,
      ...[id, limit],
    );
    return rows.map(messageOf);
  }

  async nextRank(target: string, now: number): Promise<number | null> {
    const sql = `SELECT min(rank) AS rank FROM message
      WHERE target = ? AND state IN ('waiting', 'retrying') AND type = 'deliver' AND ${DUE}`;
    const rank = this.#database.get(sql, target, now)?.['rank'];
    return typeof rank === 'number' ? rank : null;
  }

  async *ready(target: string, rank: number, now: number): AsyncGenerator<readonly Ticket[]> {
    let after = 0;
    for (;;) {
      const rows = this.#database.all(
        `SELECT number, id FROM message WHERE target = ? AND state IN ('waiting', 'retrying')
         AND rank = ? AND type = 'deliver' AND ${DUE} AND number > ? ORDER BY number LIMIT ${PAGE}`,
        target,
        rank,
        now,
        after,
      );
      if (rows.length === 0) return;
      after = numberOf(rows.at(-1) ?? {}, 'number');
      yield rows.map((row) => ({ messageId: textOf(row, 'id') }));
    }
  }

  async nextDue(target: string): Promise<number | null> {
    const sql = `SELECT min(not_before) AS due FROM message
      WHERE target = ? AND state = 'retrying' AND type = 'deliver'`;
    const due = this.#database.get(sql, target)?.['due'];
    return typeof due === 'number' ? due : null;
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    if (settlements.length === 0) return;
    this.#database.transaction(() => {
      for (const settlement of settlements) this.#settleOne(settlement);
    });
  }

  #settleOne(settlement: Settlement): void {
    const { message, result } = settlement;
    if (result.kind === 'removed') this.#ledger.remove(message);
    if (result.kind === 'delivered') {
      const { row, replacedKey } = result;
      if (replacedKey !== undefined) {
        this.#ledger.removeKey(message.target, message.objectKind, replacedKey);
      }
      this.#ledger.put(row);
    }
    const left = leftAfter(settlement, this.#now());
    if (left !== null) this.#leave(left);
    else this.#database.run('DELETE FROM message WHERE id = ?', message.id);
  }

  #leave({ id, state, attempts, notBefore, problem, updatedAt, inDoubt }: Message): void {
    const sql = `UPDATE message SET state = ?, attempts = ?, not_before = ?, code = ?, problem = ?,
      updated_at = ?, in_doubt = ? WHERE id = ?`;
    const about = [problem?.code ?? null, JSON.stringify(problem), updatedAt] as const;
    this.#database.run(sql, state, attempts, notBefore, ...about, Number(inDoubt), id);
  }

  async removeStale(
    target: string,
    types: readonly Message['type'][],
    run: string,
  ): Promise<number> {
    const marks = types.map(() => '?').join(', ');
    const sql = `DELETE FROM message WHERE target = ? AND run <> ? AND type IN (${marks})`;
    return this.#database.run(sql, target, run, ...types);
  }
}

function stateOf({ action, rank, state, attempts, notBefore, problem }: Message) {
  const json = problem === null ? null : JSON.stringify(problem);
  return [action, rank, state, attempts, notBefore, problem?.code ?? null, json] as const;
}

function conditionOf(filter: MessageFilter): { where: string; values: SQLInputValue[] } {
  const conditions = ['1'];
  const values: SQLInputValue[] = [];
  const equals = (column: string, value: string | undefined) => {
    if (value === undefined) return;
    conditions.push(`${column} = ?`);
    values.push(value);
  };
  const isOneOf = (column: string, list: readonly string[] | undefined) => {
    if (list === undefined) return;
    conditions.push(`${column} IN (${list.map(() => '?').join(', ')})`);
    values.push(...list);
  };
  equals('target', filter.target);
  equals('code', filter.code);
  equals('run', filter.run);
  if (filter.inDoubt !== undefined) {
    conditions.push('in_doubt = ?');
    values.push(Number(filter.inDoubt));
  }
  isOneOf('state', filter.state);
  isOneOf('type', filter.type);
  return { where: conditions.join(' AND '), values };
}

function messageOf(row: Row): Message {
  const problem = nullableTextOf(row, 'problem');
  return {
    id: textOf(row, 'id'),
    type: typeOf(row),
    target: textOf(row, 'target'),
    objectKind: textOf(row, 'object_kind'),
    origin: { kind: textOf(row, 'origin_kind'), id: textOf(row, 'origin_id') },
    key: textOf(row, 'key'),
    action: actionOf(row),
    rank: numberOf(row, 'rank'),
    state: stateNameOf(row),
    attempts: numberOf(row, 'attempts'),
    inDoubt: row['in_doubt'] === 1,
    notBefore: numberOf(row, 'not_before'),
    problem: problem === null ? null : JSON.parse(problem),
    run: textOf(row, 'run'),
    createdAt: numberOf(row, 'created_at'),
    updatedAt: numberOf(row, 'updated_at'),
  };
}

function typeOf(row: Row): Message['type'] {
  // SAFETY: only `put` writes it, from a Message.
  return textOf(row, 'type') as Message['type'];
}

function stateNameOf(row: Row): Message['state'] {
  // SAFETY: only this file writes it, from a Message.
  return textOf(row, 'state') as Message['state'];
}

function actionOf(row: Row): Message['action'] {
  // SAFETY: only `put` writes it, from a Message.
  return nullableTextOf(row, 'action') as Message['action'];
}
