import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, newOwner } from '../../config/owner.ts';
import type { Ticket, Verdict } from '../../message/message.ts';
import { Database, numberOf, type Row, textOf } from '../../store/sqlite/database.ts';
import type { Broker, ConsumeOptions, Subscription } from '../broker.ts';

/** A batch that is not settled within this time is given out again: its process has died. */
const CLAIM_MS = 10 * 60_000;
const FREE = 'UPDATE ticket SET visible_at = ?, claimed_by = NULL WHERE number = ?';
/** Pause before tickets whose handler threw come again. */
const AFTER_DEFECT_MS = 1000;

export interface SqliteBrokerOptions {
  readonly file: string;
  readonly now?: () => number;
  /** How often another process's tickets are looked for. */
  readonly pollMs?: number;
}

/** Opens the embedded broker, on the file of the embedded store. */
export async function openSqliteBroker(options: SqliteBrokerOptions): Promise<Broker> {
  return new SqliteBroker(options);
}

/** Tickets in a table; a claim makes them invisible for a while, so that a crash returns them. */
class SqliteBroker implements Broker {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #pollMs: number;
  readonly #owner = newOwner();
  readonly #published = new EventEmitter();
  readonly #subscriptions = new Set<Subscription>();
  /** Why a worker has ended: told to the next who asks, since nobody else is listening. */
  #trouble: unknown = null;

  constructor({ file, now = Date.now, pollMs = 200 }: SqliteBrokerOptions) {
    this.#database = new Database(file);
    this.#now = now;
    this.#pollMs = pollMs;
    this.#published.setMaxListeners(0);
  }

  async publish(target: string, tickets: readonly Ticket[]): Promise<void> {
    const sql = 'INSERT OR IGNORE INTO ticket (target, message_id, visible_at) VALUES (?, ?, ?)';
    this.#database.transaction(() => {
      for (const { messageId } of tickets) this.#database.run(sql, target, messageId, 0);
    });
    this.#published.emit('tickets');
  }

  async consume(
    target: string,
    handle: (tickets: readonly Ticket[]) => Promise<readonly Verdict[]>,
    { batchSize, concurrency }: ConsumeOptions,
  ): Promise<Subscription> {
    this.#releaseDead(target);
    this.#trouble = null;
    const stop = new AbortController();
    const workers = Array.from({ length: concurrency }, () =>
      this.#work(target, handle, batchSize, stop.signal).catch((error: unknown) => {
        this.#trouble ??= error;
      }),
    );
    const subscription: Subscription = {
      stop: async () => {
        stop.abort();
        this.#subscriptions.delete(subscription);
        await Promise.all(workers);
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async pending(target: string): Promise<number> {
    if (this.#trouble !== null) throw this.#trouble;
    const sql = 'SELECT count(*) AS count FROM ticket WHERE target = ?';
    return numberOf(this.#database.get(sql, target) ?? {}, 'count');
  }

  async clear(target: string): Promise<void> {
    this.#database.run('DELETE FROM ticket WHERE target = ?', target);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()));
    this.#database.close();
  }

  async #work(
    target: string,
    handle: (tickets: readonly Ticket[]) => Promise<readonly Verdict[]>,
    batchSize: number,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      const claimed = this.#claim(target, batchSize);
      if (claimed.length === 0) {
        await this.#wait(signal);
        continue;
      }
      try {
        this.#settle(claimed, await handle(claimed.map(ticketOf)));
      } catch {
        this.#release(claimed, this.#now() + AFTER_DEFECT_MS);
      }
    }
  }

  /** Tickets that a process was working on when it died are free at once. */
  #releaseDead(target: string): void {
    const claims = this.#database.all(
      'SELECT DISTINCT claimed_by FROM ticket WHERE target = ? AND claimed_by IS NOT NULL',
      target,
    );
    const sql = 'UPDATE ticket SET visible_at = 0, claimed_by = NULL WHERE claimed_by = ?';
    for (const row of claims) {
      const owner = textOf(row, 'claimed_by');
      if (hasEnded(owner)) this.#database.run(sql, owner);
    }
  }

  #claim(target: string, batchSize: number): readonly Row[] {
    return this.#database.transaction(() => {
      const now = this.#now();
      const rows = this.#database.all(
        `SELECT number, message_id FROM ticket WHERE target = ? AND visible_at <= ?
         ORDER BY visible_at, number LIMIT ?`,
        target,
        now,
        batchSize,
      );
      const sql = 'UPDATE ticket SET visible_at = ?, claimed_by = ? WHERE number = ?';
      for (const row of rows) {
        this.#database.run(sql, now + CLAIM_MS, this.#owner, numberOf(row, 'number'));
      }
      return rows;
    });
  }

  /** Done, dead letter and hold leave the queue: the store keeps their story. */
  #settle(claimed: readonly Row[], verdicts: readonly Verdict[]): void {
    const now = this.#now();
    this.#database.transaction(() => {
      for (const [index, row] of claimed.entries()) {
        const verdict = verdicts[index];
        const number = numberOf(row, 'number');
        if (verdict === undefined || verdict.kind === 'retry') {
          this.#database.run(FREE, now + (verdict?.afterMs ?? AFTER_DEFECT_MS), number);
        } else {
          this.#database.run('DELETE FROM ticket WHERE number = ?', number);
        }
      }
    });
  }

  #release(claimed: readonly Row[], visibleAt: number): void {
    for (const row of claimed) this.#database.run(FREE, visibleAt, numberOf(row, 'number'));
  }

  /** Until something is published here, or it is time to look for what others published. */
  async #wait(signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const either = AbortSignal.any([signal, woken.signal]);
    const ignore = () => undefined;
    await Promise.race([
      once(this.#published, 'tickets', { signal: either }).catch(ignore),
      sleep(this.#pollMs, undefined, { signal: either }).catch(ignore),
    ]);
    woken.abort();
  }
}

function ticketOf(row: Row): Ticket {
  return { messageId: textOf(row, 'message_id') };
}
