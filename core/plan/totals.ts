import { createHash, type Hash } from 'node:crypto';
import { nameOf } from '../message/digest.ts';
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

/** What a plan would do to the objects of one organisation. */
export interface UnitTotals {
  readonly kinds: ReadonlyMap<string, KindTotals>;
  /** The same for the same changes. */
  readonly digest: string;
}

/** A plan's counts, kind by kind, whole and by organisation ('' for what belongs to none). */
export interface PlanTotals {
  readonly kinds: ReadonlyMap<string, KindTotals>;
  readonly units: ReadonlyMap<string, UnitTotals>;
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly parked: number;
  readonly digest: string;
}

interface Unit {
  readonly kinds: Map<string, KindTotals>;
  readonly hash: Hash;
}

/** Adds a plan's batches up. */
export class Tally {
  readonly #units = new Map<string, Unit>();
  readonly #parked = new Map<string, number>();
  readonly #digest = createHash('sha256');

  add({ kind, entries, parked }: PlanBatch): void {
    const name = kind.kind;
    this.#parked.set(name, (this.#parked.get(name) ?? 0) + parked.length);
    for (const { action, unit, key, hash, row } of entries) {
      const { kinds, hash: unitHash } = this.#of(unit);
      const totals = kinds.get(name) ?? none();
      kinds.set(name, totals);
      if (row !== null) totals.held += 1;
      if (action === 'same' || action === 'kept') continue;
      totals[action === 'rekey' ? 'update' : action] += 1;
      const change = JSON.stringify([action, name, key, hash]);
      unitHash.update(change);
      this.#digest.update(change);
    }
  }

  #of(name: string): Unit {
    const unit = this.#units.get(name) ?? { kinds: new Map(), hash: createHash('sha256') };
    this.#units.set(name, unit);
    return unit;
  }

  totals(): PlanTotals {
    const units = new Map<string, UnitTotals>();
    for (const [name, { kinds, hash }] of this.#units) {
      units.set(name, { kinds, digest: nameOf(hash.copy().digest('base64url')) });
    }
    const sums = kindsOf(units.values());
    const kinds = new Map(
      [...this.#parked].map(([name, parked]) => [name, { ...(sums.get(name) ?? none()), parked }]),
    );
    const digest = nameOf(this.#digest.copy().digest('base64url'));
    return { kinds, units, ...sumOf(kinds), digest };
  }
}

/** What is left of a plan without these organisations. */
export function without(totals: PlanTotals, withheld: ReadonlySet<string>): PlanTotals {
  if (withheld.size === 0) return totals;
  const units = new Map([...totals.units].filter(([name]) => !withheld.has(name)));
  const kinds = kindsOf(units.values());
  return { ...totals, kinds, units, ...sumOf(kinds), parked: totals.parked };
}

export function isEmpty(totals: PlanTotals): boolean {
  return totals.create + totals.update + totals.delete === 0;
}

export function kindsOf(units: Iterable<UnitTotals>): Map<string, KindTotals> {
  const kinds = new Map<string, KindTotals>();
  for (const unit of units) {
    for (const [name, own] of unit.kinds) {
      const sum = kinds.get(name) ?? none();
      sum.create += own.create;
      sum.update += own.update;
      sum.delete += own.delete;
      sum.held += own.held;
      kinds.set(name, sum);
    }
  }
  return kinds;
}

function sumOf(kinds: ReadonlyMap<string, KindTotals>) {
  const sum = { create: 0, update: 0, delete: 0, parked: 0 };
  for (const kind of kinds.values()) {
    sum.create += kind.create;
    sum.update += kind.update;
    sum.delete += kind.delete;
    sum.parked += kind.parked;
  }
  return sum;
}

function none(): KindTotals {
  return { create: 0, update: 0, delete: 0, parked: 0, held: 0 };
}
