import { isList } from '../message/digest.ts';
import type { Json, JsonObject } from '../message/message.ts';
import { kindsOf, type PlanTotals, type UnitTotals } from './totals.ts';

/** How much a target holds: organisation -> object kind -> rows. */
export type HeldCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** What the target holds once the plan is delivered. */
export function heldAfter({ units }: PlanTotals): HeldCounts {
  const counts = [...units].map(([unit, { kinds }]) => {
    const own = [...kinds].map(([kind, totals]) => {
      return [kind, totals.held + totals.create - totals.delete] as const;
    });
    return [unit, Object.fromEntries(own)] as const;
  });
  return Object.fromEntries(counts);
}

/**
 * The totals of a plan of some entities, with what the target holds in all: limits are shares of
 * that.
 */
export function withHeld(totals: PlanTotals, counts: HeldCounts): PlanTotals {
  const units = new Map<string, UnitTotals>();
  for (const unit of new Set([...totals.units.keys(), ...Object.keys(counts)])) {
    const { kinds = new Map(), digest = '' } = totals.units.get(unit) ?? {};
    const held = new Map(Object.entries(counts[unit] ?? {}));
    const nothing = { create: 0, update: 0, delete: 0, parked: 0 };
    const whole = [...new Set([...kinds.keys(), ...held.keys()])].map((kind) => {
      return [kind, { ...nothing, ...kinds.get(kind), held: held.get(kind) ?? 0 }] as const;
    });
    units.set(unit, { kinds: new Map(whole), digest });
  }
  const sums = kindsOf(units.values());
  for (const [kind, { parked }] of totals.kinds) {
    const sum = sums.get(kind);
    if (sum !== undefined) sum.parked = parked;
  }
  return { ...totals, units, kinds: sums };
}

/** Counts as they were kept; null for none. */
export function heldCountsOf(kept: Json | undefined): HeldCounts | null {
  // SAFETY: only `heldAfter` makes what is kept.
  return isObject(kept) ? (kept as unknown as HeldCounts) : null;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}
