import type { Message, Ticket } from '../../../message/message.ts';
import type {
  Ending,
  GroupName,
  GroupPart,
  MessageFilter,
  MessageGroup,
  MessagePage,
  MessageStore,
  OfOrigins,
  OfPart,
  PageWish,
  Seen,
  Settlement,
  UnitFilter,
  UnitGroup,
} from '../../message-store.ts';
import { endingOf, leftAfter, placeNameOf, putAgain } from '../../shared/open-message.ts';
import { type Database, nullableTextOf, numberOf, textOf } from '../database.ts';
import type { SqliteLedgerStore } from '../ledger/ledger-store.ts';
import { Endings } from './endings.ts';
import { conditionOf, unitCondition } from './message-conditions.ts';
import { pageIn, partsIn, unitsIn } from './message-pages.ts';
import { actionOf, groupOf, messageOf } from './message-rows.ts';

const PAGE = 1000;
const INSERT = `INSERT INTO message (id, type, target, object_kind, origin_kind, origin_id, key,
  action, rank, state, attempts, not_before, code, problem, run, created_at, updated_at, in_doubt,
  unit, place_file, place_field, place_line)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const UPDATE = `UPDATE message SET origin_kind = ?, origin_id = ?, action = ?, rank = ?, state = ?,
  attempts = ?, not_before = ?, code = ?, problem = ?, run = ?, updated_at = ?, unit = ?,
  place_file = ?, place_field = ?, place_line = ? WHERE id = ?`;
/** By what messages are counted for school units, as a filter may name it. */
const UNIT_COLUMNS = [
  ['target', 'target'],
  ['type', 'type'],
  ['state', 'state'],
  ['code', 'code'],
  ['objectKind', 'object_kind'],
  ['unit', 'unit'],
] as const;
const DUE = "((state = 'waiting') OR (state = 'retrying' AND not_before <= ?))";

/** Messages on SQLite. A settlement changes message and ledger in one transaction. */
export class SqliteMessageStore implements MessageStore {
  readonly #database: Database;
  readonly #ledger: SqliteLedgerStore;
  readonly #now: () => number;
  readonly #endings: Endings;

  constructor(database: Database, ledger: SqliteLedgerStore, now: () => number) {
    this.#database = database;
    this.#ledger = ledger;
    this.#now = now;
    this.#endings = new Endings(database);
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
      const rest = [Number(message.inDoubt), message.unit ?? null] as const;
      const place = placeOf(message);
      this.#database.run(INSERT, ...about, ...stateOf(message), ...times, ...rest, ...place);
      this.#endings.remove(id);
      return;
    }
    const merged = putAgain(messageOf(row), message);
    const { origin, run, updatedAt, id, unit = null } = merged;
    const rest = [run, updatedAt, unit, ...placeOf(merged), id] as const;
    this.#database.run(UPDATE, origin.kind, origin.id, ...stateOf(merged), ...rest);
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

  async waitingSince(): Promise<readonly { target: string; since: number }[]> {
    const rows = this.#database.all(
      `SELECT target, min(created_at) AS since FROM message
       WHERE type = 'deliver' AND state IN ('waiting', 'retrying') GROUP BY target ORDER BY target`,
    );
    return rows.map((row) => ({ target: textOf(row, 'target'), since: numberOf(row, 'since') }));
  }

  async summary(): Promise<readonly MessageGroup[]> {
    const rows = this.#database.all(
      `SELECT target, type, state, code, object_kind, count(*) AS count FROM message
       WHERE state IN ('failed', 'blocked', 'retrying')
       GROUP BY target, type, state, code, object_kind ORDER BY count DESC`,
    );
    return rows.map(groupOf);
  }

  async unitSummary(of: UnitFilter = {}): Promise<readonly UnitGroup[]> {
    const { where, values } = unitCondition(of);
    const isPart = of.run !== undefined || of.place !== undefined;
    // What is the same in all of them need not be compared row by row.
    const grouped = UNIT_COLUMNS.filter(([name]) => of[name] === undefined);
    const rows = this.#database.all(
      `SELECT target, type, state, code, object_kind, unit, origin_kind, action, count(*) AS count
       FROM message ${isPart ? 'INDEXED BY message_part' : ''}
       WHERE state IN ('failed', 'blocked', 'retrying') ${where}
       GROUP BY ${[...grouped.map(([, column]) => column), 'origin_kind', 'action'].join(', ')}`,
      ...values,
    );
    return rows.map((row) => ({
      ...groupOf(row),
      unit: nullableTextOf(row, 'unit') ?? '',
      originKind: textOf(row, 'origin_kind'),
      action: actionOf(row),
    }));
  }

  async seen({ target, type, state, code, objectKind }: GroupName): Promise<Seen | null> {
    const about = [target, type, state, code, objectKind] as const;
    const one = (what: string) =>
      this.#database.get(
        `SELECT ${what} AS at FROM message WHERE state IN ('failed', 'blocked', 'retrying')
         AND target = ? AND type = ? AND state = ? AND code IS ? AND object_kind = ?`,
        ...about,
      )?.['at'];
    const [first, last] = [one('min(created_at)'), one('max(updated_at)')];
    return typeof first === 'number' && typeof last === 'number' ? { first, last } : null;
  }

  async page(group: GroupName & OfPart & OfOrigins, wish: PageWish): Promise<MessagePage> {
    return pageIn(this.#database, group, wish);
  }

  async units(group: GroupName & OfPart): Promise<readonly string[]> {
    return unitsIn(this.#database, group);
  }

  async parts(group: GroupName): Promise<readonly GroupPart[]> {
    return partsIn(this.#database, group);
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

  async settle(
    settlements: readonly Settlement[],
    toldNext: readonly string[] = [],
  ): Promise<void> {
    if (settlements.length + toldNext.length === 0) return;
    const sql = 'UPDATE message SET in_doubt = 1 WHERE id = ? AND in_doubt = 0';
    this.#database.transaction(() => {
      for (const settlement of settlements) this.#settleOne(settlement);
      for (const id of toldNext) this.#database.run(sql, id);
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
    const ending = endingOf(settlement, this.#now());
    if (ending !== null) this.#endings.note(ending);
    const left = leftAfter(settlement, this.#now());
    if (left !== null) this.#leave(left);
    else this.#database.run('DELETE FROM message WHERE id = ?', message.id);
  }

  #leave({ id, state, attempts, notBefore, problem, updatedAt, inDoubt }: Message): void {
    const sql = `UPDATE message SET state = ?, attempts = ?, not_before = ?, code = ?, problem = ?,
      updated_at = ?, in_doubt = ?, place_file = ?, place_field = ?, place_line = ? WHERE id = ?`;
    const about = [problem?.code ?? null, JSON.stringify(problem), updatedAt] as const;
    const place = placeOf({ problem });
    this.#database.run(sql, state, attempts, notBefore, ...about, Number(inDoubt), ...place, id);
  }

  async removeStale(
    target: string,
    types: readonly Message['type'][],
    run: string,
  ): Promise<number> {
    const marks = types.map(() => '?').join(', ');
    const stale = `FROM message WHERE target = ? AND run <> ? AND type IN (${marks})`;
    const about = [target, run, ...types] as const;
    return this.#database.transaction(() => {
      const sql = `SELECT * ${stale} AND problem IS NOT NULL`;
      for (const row of this.#database.all(sql, ...about)) {
        this.#endings.note({ message: messageOf(row), how: 'superseded', run, at: this.#now() });
      }
      return this.#database.run(`DELETE ${stale}`, ...about);
    });
  }

  async ended(ids: readonly string[]): Promise<readonly Ending[]> {
    return ids.map((id) => this.#endings.get(id)).filter((one) => one !== null);
  }

  async *scanEnded(how: Ending['how'], from: number): AsyncGenerator<readonly Ending[]> {
    yield* this.#endings.scan(how, from);
  }

  async forgetEnded(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    this.#database.transaction(() => {
      for (const id of ids) this.#endings.remove(id);
    });
  }

  async purgeEnded(before: number): Promise<number> {
    return this.#endings.purge(before);
  }
}

function placeOf({ problem }: Pick<Message, 'problem'>) {
  const { file, field, line } = placeNameOf(problem);
  return [file, field, line] as const;
}

function stateOf({ action, rank, state, attempts, notBefore, problem }: Message) {
  const json = problem === null ? null : JSON.stringify(problem);
  return [action, rank, state, attempts, notBefore, problem?.code ?? null, json] as const;
}
