import type { StoredEntity } from '../store/entity-store.ts';
import type { LedgerRow } from '../store/ledger-store.ts';

/** One entity id, with the entity if it exists and the rows that a target holds from it. */
export interface OriginGroup {
  readonly id: string;
  readonly stored: StoredEntity | null;
  readonly rows: readonly LedgerRow[];
}

/** Joins two streams that are both in ascending order of entity id, batch by batch. */
export async function* mergeByOrigin(
  entities: AsyncIterable<readonly StoredEntity[]>,
  rows: AsyncIterable<readonly LedgerRow[]>,
): AsyncGenerator<readonly OriginGroup[]> {
  const ledger = new RowReader(rows);
  for await (const batch of entities) {
    const groups: OriginGroup[] = [];
    for (const stored of batch) {
      const { id } = stored.entity;
      // In a first load nothing is held: to wait for it costs more than to look.
      if (ledger.isPast(id)) {
        groups.push({ id, stored, rows: NO_ROWS });
        continue;
      }
      for (const orphan of await ledger.before(id)) groups.push(orphan);
      groups.push({ id, stored, rows: await ledger.of(id) });
    }
    yield groups;
  }
  for (;;) {
    const rest = await ledger.someMore();
    if (rest.length === 0) return;
    yield rest;
  }
}

const NO_ROWS: readonly LedgerRow[] = [];

/** Reads ledger rows in order, one entity at a time. */
class RowReader {
  readonly #batches: AsyncIterator<readonly LedgerRow[]>;
  #batch: readonly LedgerRow[] = [];
  #at = 0;
  #ended = false;

  constructor(rows: AsyncIterable<readonly LedgerRow[]>) {
    this.#batches = rows[Symbol.asyncIterator]();
  }

  /** Whether it is known that no row is left of this entity or of one before it. */
  isPast(id: string): boolean {
    const next = this.#peek();
    return next === undefined ? this.#ended : next.ref.origin.id > id;
  }

  /** Rows of entities before this one: those entities are gone. */
  async before(id: string): Promise<readonly OriginGroup[]> {
    const groups: OriginGroup[] = [];
    for (;;) {
      const next = this.#peek() ?? (await this.#load());
      if (next === undefined || next.ref.origin.id >= id) return groups;
      const { id: orphan } = next.ref.origin;
      groups.push({ id: orphan, stored: null, rows: await this.of(orphan) });
    }
  }

  async of(id: string): Promise<readonly LedgerRow[]> {
    let rows: LedgerRow[] | null = null;
    for (;;) {
      const next = this.#peek() ?? (await this.#load());
      if (next === undefined || next.ref.origin.id !== id) return rows ?? NO_ROWS;
      rows ??= [];
      rows.push(next);
      this.#at += 1;
    }
  }

  /** Up to a batch of the groups that are left; none at the end. */
  async someMore(): Promise<readonly OriginGroup[]> {
    const groups: OriginGroup[] = [];
    while (groups.length < 500) {
      const next = this.#peek() ?? (await this.#load());
      if (next === undefined) break;
      const { id } = next.ref.origin;
      groups.push({ id, stored: null, rows: await this.of(id) });
    }
    return groups;
  }

  #peek(): LedgerRow | undefined {
    return this.#batch[this.#at];
  }

  async #load(): Promise<LedgerRow | undefined> {
    while (!this.#ended && this.#at >= this.#batch.length) {
      const next = await this.#batches.next();
      if (next.done === true) this.#ended = true;
      else [this.#batch, this.#at] = [next.value, 0];
    }
    return this.#batch[this.#at];
  }
}
