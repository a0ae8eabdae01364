import { createHash, type Hash } from 'node:crypto';
import { nameOf } from '../../message/digest.ts';
import { type Entry, isChange } from '../compare.ts';
import type { PlanBatch } from '../plan-batch.ts';
import { type MemberList, memberChanges, memberListsOf, onlyFills } from './member-lists.ts';

/** What a plan would do to one object kind. */
export interface KindTotals {
  create: number;
  update: number;
  /** Of the updates: those that only bring new members to a list. */
  filled: number;
  delete: number;
  /** Of the deletions: those that are only shut as yet, and are held until their grace is over. */
  shut: number;
  /** Of all these: so many went while as many came, or got another key. */
  replace: number;
  /** Objects that cannot be made now: mapping faults. */
  parked: number;
  /** Rows that the target holds before the plan. */
  held: number;
}

/** What a plan would do to the objects of one organisation. */
export interface UnitTotals {
  readonly kinds: ReadonlyMap<string, KindTotals>;
  /** References in lists of their objects, as if they were objects: `Group.members`. */
  readonly members: ReadonlyMap<string, KindTotals>;
  /** The same for the same changes. */
  readonly digest: string;
}

/** A plan's counts, kind by kind, whole and by organisation ('' for what belongs to none). */
export interface PlanTotals {
  readonly kinds: ReadonlyMap<string, KindTotals>;
  readonly members: ReadonlyMap<string, KindTotals>;
  readonly units: ReadonlyMap<string, UnitTotals>;
  readonly create: number;
  readonly update: number;
  readonly delete: number;
  readonly parked: number;
  readonly digest: string;
}

interface Unit {
  readonly kinds: Map<string, KindTotals>;
  readonly members: Map<string, KindTotals>;
  readonly hash: Hash;
}

/** Who shuts an account takes it away: the first step of a deletion counts as one. */
const COUNTED_AS = {
  create: 'create',
  update: 'update',
  rekey: 'update',
  delete: 'delete',
  suspend: 'delete',
} as const;

/** Adds a plan's batches up. */
export class Tally {
  readonly #units = new Map<string, Unit>();
  readonly #parked = new Map<string, number>();
  readonly #digest = createHash('sha256');

  add({ kind, entries, parked }: PlanBatch): void {
    const name = kind.kind;
    this.#parked.set(name, (this.#parked.get(name) ?? 0) + parked.length);
    const lists = memberListsOf(kind);
    for (const entry of entries) {
      const { unit, key, hash, row } = entry;
      const { kinds, members, hash: unitHash } = this.#of(unit);
      const totals = totalsOf(kinds, name);
      if (row !== null) totals.held += 1;
      for (const list of lists) addMembers(members, list, entry);
      if (!isChange(entry)) continue;
      totals[COUNTED_AS[entry.action]] += 1;
      if (onlyFills(entry, lists)) totals.filled += 1;
      if (entry.action === 'rekey') totals.replace += 1;
      if (entry.action === 'suspend') totals.shut += 1;
      const change = JSON.stringify([entry.action, name, key, hash]);
      unitHash.update(change);
      this.#digest.update(change);
    }
  }

  #of(name: string): Unit {
    const unit = this.#units.get(name) ?? newUnit();
    this.#units.set(name, unit);
    return unit;
  }

  totals(): PlanTotals {
    const units = new Map<string, UnitTotals>();
    for (const [name, { kinds, members, hash }] of this.#units) {
      const digest = nameOf(hash.copy().digest('base64url'));
      units.set(name, { kinds: withExchange(kinds), members: withExchange(members), digest });
    }
    const sums = sumsOf(units, 'kinds');
    const kinds = new Map(
      [...this.#parked].map(([name, parked]) => [name, { ...(sums.get(name) ?? none()), parked }]),
    );
    const digest = nameOf(this.#digest.copy().digest('base64url'));
    return { kinds, members: sumsOf(units, 'members'), units, ...sumOf(kinds), digest };
  }
}

/** What is left of a plan without these organisations. */
export function without(totals: PlanTotals, withheld: ReadonlySet<string>): PlanTotals {
  if (withheld.size === 0) return totals;
  const units = new Map([...totals.units].filter(([name]) => !withheld.has(name)));
  const kinds = sumsOf(units, 'kinds');
  const members = sumsOf(units, 'members');
  return { ...totals, kinds, members, units, ...sumOf(kinds), parked: totals.parked };
}

/** So many of a kind the target holds once the plan is delivered. */
export function afterAll({ held, create, delete: deletions, shut }: KindTotals): number {
  return held + create - (deletions - shut);
}

type Changes = Pick<PlanTotals, 'create' | 'update' | 'delete'>;

export function isEmpty({ create, update, delete: deletions }: Changes): boolean {
  return create + update + deletions === 0;
}

function addMembers(members: Map<string, KindTotals>, list: MemberList, entry: Entry): void {
  const changes = memberChanges(list, entry);
  if (changes === null) return;
  const totals = totalsOf(members, list.name);
  totals.held += changes.held;
  totals.create += changes.create;
  totals.delete += changes.delete;
}

/** Who comes in place of who goes: an exchange inside one organisation is not no change. */
function withExchange(kinds: ReadonlyMap<string, KindTotals>): ReadonlyMap<string, KindTotals> {
  return new Map(
    [...kinds].map(([name, own]) => {
      const replace = own.replace + Math.min(own.create, own.delete);
      return [name, { ...own, replace }];
    }),
  );
}

export function sumsOf(
  units: ReadonlyMap<string, UnitTotals>,
  part: 'kinds' | 'members',
): Map<string, KindTotals> {
  const sums = new Map<string, KindTotals>();
  for (const unit of units.values()) {
    for (const [name, own] of unit[part]) {
      const sum = totalsOf(sums, name);
      sum.create += own.create;
      sum.update += own.update;
      sum.filled += own.filled;
      sum.delete += own.delete;
      sum.shut += own.shut;
      sum.replace += own.replace;
      sum.held += own.held;
    }
  }
  return sums;
}

function totalsOf(kinds: Map<string, KindTotals>, name: string): KindTotals {
  const totals = kinds.get(name) ?? none();
  kinds.set(name, totals);
  return totals;
}

function newUnit(): Unit {
  return { kinds: new Map(), members: new Map(), hash: createHash('sha256') };
}

/** Of all kinds together. */
export function sumOf(kinds: ReadonlyMap<string, KindTotals>) {
  const sum = { create: 0, update: 0, delete: 0, parked: 0 };
  for (const kind of kinds.values()) {
    sum.create += kind.create;
    sum.update += kind.update;
    sum.delete += kind.delete;
    sum.parked += kind.parked;
  }
  return sum;
}

/** Nothing of a kind. */
export function none(): KindTotals {
  const none = { create: 0, update: 0, filled: 0, delete: 0, shut: 0 };
  return { ...none, replace: 0, parked: 0, held: 0 };
}
