import type { PlanBatch } from '../plan-batch.ts';
import {
  afterAll,
  type KindTotals,
  none,
  type PlanTotals,
  sumsOf,
  type UnitTotals,
} from './totals.ts';

type Counts = Readonly<Record<string, number>>;

/** How much a target holds, by organisation: objects of each kind, members of their lists. */
export type HeldCounts = Readonly<
  Record<string, { readonly kinds: Counts; readonly members: Counts }>
>;

/** What the target holds once the plan is delivered. */
export function heldAfter({ units }: PlanTotals): HeldCounts {
  const counts = [...units].map(([unit, { kinds, members }]) => {
    return [unit, { kinds: countsAfter(kinds), members: countsAfter(members) }] as const;
  });
  return Object.fromEntries(counts);
}

function countsAfter(totals: ReadonlyMap<string, KindTotals>): Counts {
  return Object.fromEntries([...totals].map(([name, kind]) => [name, afterAll(kind)]));
}

/** The totals of a plan of some entities, with all that the target holds: what limits are of. */
export function withHeld(totals: PlanTotals, counts: HeldCounts): PlanTotals {
  const units = new Map<string, UnitTotals>();
  for (const name of new Set([...totals.units.keys(), ...Object.keys(counts)])) {
    const unit = totals.units.get(name);
    units.set(name, {
      kinds: beside(unit?.kinds, counts[name]?.kinds),
      members: beside(unit?.members, counts[name]?.members),
      digest: unit?.digest ?? '',
    });
  }
  const kinds = sumsOf(units, 'kinds');
  for (const [kind, sum] of kinds) sum.parked = totals.kinds.get(kind)?.parked ?? 0;
  return { ...totals, units, kinds, members: sumsOf(units, 'members') };
}

function beside(
  totals: ReadonlyMap<string, KindTotals> = new Map(),
  counts: Counts = {},
): ReadonlyMap<string, KindTotals> {
  const names = new Set([...totals.keys(), ...Object.keys(counts)]);
  return new Map(
    [...names].map((name) => [name, { ...none(), ...totals.get(name), held: counts[name] ?? 0 }]),
  );
}

/** How many objects of each kind have come to an organisation, or left it, by moving. */
export type Moves = Map<string, Map<string, number>>;

/** Notes the rows that belong to another organisation than before. */
export function noteMoves(moves: Moves, { kind, entries }: PlanBatch): void {
  const add = (unit: string, count: number) => {
    const own = moves.get(unit) ?? new Map<string, number>();
    moves.set(unit, own.set(kind.kind, (own.get(kind.kind) ?? 0) + count));
  };
  for (const { unit, row } of entries) {
    if (row === null || row.unit === unit) continue;
    add(row.unit, -1);
    add(unit, 1);
  }
}

/** What the target holds once what has moved is counted where it is now. */
export function heldWith(counts: HeldCounts, moves: Moves): HeldCounts {
  const after: Record<string, HeldCounts[string]> = { ...counts };
  for (const [unit, own] of moves) {
    const { kinds, members } = after[unit] ?? { kinds: {}, members: {} };
    const moved = [...own].map(([kind, count]) => [kind, (kinds[kind] ?? 0) + count] as const);
    after[unit] = { kinds: { ...kinds, ...Object.fromEntries(moved) }, members };
  }
  return after;
}
