import { createHash } from 'node:crypto';
import type { PlanBatch } from './plan.ts';

/** What a plan would do to one object kind. */
export interface KindTotals {
  create: number;
  update: number;
  delete: number;
  /** Objects that cannot be made now: mapping faults. */
  parked: number;
  /** Rows that the target holds before the plan. */
  held: number;
}

/** A plan's counts, kind by kind, and a digest that is the same for the same changes. */
export interface PlanTotals {
  readonly kinds: ReadonlyMap<string, KindTotals>;
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly parked: number;
  readonly digest: string;
}

/** Adds a plan's batches up. */
export class Tally {
  readonly #kinds = new Map<string, KindTotals>();
  readonly #digest = createHash('sha256');

  add({ kind, entries, parked }: PlanBatch): void {
    const totals = this.#of(kind.kind);
    totals.parked += parked.length;
    for (const { action, key, hash, row } of entries) {
      if (row !== null) totals.held += 1;
      if (action === 'same' || action === 'kept') continue;
      totals[action === 'rekey' ? 'update' : action] += 1;
      this.#digest.update(JSON.stringify([action, kind.kind, key, hash]));
    }
  }

  #of(kind: string): KindTotals {
    const totals = this.#kinds.get(kind) ?? { create: 0, update: 0, delete: 0, parked: 0, held: 0 };
    this.#kinds.set(kind, totals);
    return totals;
  }

  totals(): PlanTotals {
    const sum = { create: 0, update: 0, delete: 0, parked: 0 };
    for (const kind of this.#kinds.values()) {
      sum.create += kind.create;
      sum.update += kind.update;
      sum.delete += kind.delete;
      sum.parked += kind.parked;
    }
    return { kinds: this.#kinds, ...sum, digest: this.#digest.copy().digest('base64url') };
  }
}

export function isEmpty(totals: PlanTotals): boolean {
  return totals.create + totals.update + totals.delete === 0;
}
