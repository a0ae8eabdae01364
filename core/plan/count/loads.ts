import { keptValue, type Store } from '../../store/store.ts';
import { isListOf } from './member-lists.ts';
import { afterAll, type KindTotals } from './totals.ts';

type Kinds = ReadonlyMap<string, KindTotals>;
type Goals = Readonly<Record<string, number>>;

/** By target. */
const LOADS = keptValue<{ readonly whole: Goals; readonly units: Record<string, Goals> }>('load');

/** How many objects of each kind a target was allowed to hold, whole and by organisation. */
export interface Load {
  readonly whole: ReadonlyMap<string, number>;
  readonly units: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/**
 * What the last plan was allowed to bring the target to. Whatever interrupts its delivery, what is
 * left of it needs no leave again: a first load would be held by its own guard otherwise.
 */
export async function readLoad(store: Store, target: string): Promise<Load> {
  const { whole, units } = (await LOADS.read(store, target)) ?? { whole: {}, units: {} };
  const ofUnits = Object.entries(units).map(
    ([unit, kinds]) => [unit, new Map(Object.entries(kinds))] as const,
  );
  return { whole: new Map(Object.entries(whole)), units: new Map(ofUnits) };
}

/** Notes what a plan may bring the target to; what is withheld of it is as it was. */
export async function keepLoad(
  store: Store,
  target: string,
  before: Load,
  whole: Kinds,
  units: ReadonlyMap<string, Kinds>,
): Promise<void> {
  const all = new Map([...before.units].map(([unit, kinds]) => [unit, Object.fromEntries(kinds)]));
  for (const [unit, kinds] of units) all.set(unit, goalsOf(kinds));
  const load = { whole: goalsOf(whole), units: inOrder([...all]) };
  await LOADS.write(store, target, load);
}

/**
 * The counts, with only what goes beyond what was allowed before: creations, and updates that do
 * more than to fill a group with members of the load. A member beyond it fills at most one group.
 */
export function beyond(kinds: Kinds, allowed: ReadonlyMap<string, number> | undefined): Kinds {
  if (allowed === undefined || allowed.size === 0) return kinds;
  const created = new Map(
    [...kinds].map(([kind, { held, create }]) => {
      const left = Math.max(0, (allowed.get(kind) ?? 0) - held);
      return [kind, Math.max(0, create - left)];
    }),
  );
  const membersBeyond = (kind: string) =>
    [...created].reduce((sum, [name, count]) => sum + (isListOf(kind, name) ? count : 0), 0);
  return new Map(
    [...kinds].map(([kind, counts]) => {
      const filled = Math.max(0, counts.filled - membersBeyond(kind));
      const update = counts.update - filled;
      return [kind, { ...counts, create: created.get(kind) ?? 0, update }];
    }),
  );
}

/** By name, and only what there is: the same goals are kept as the same text. */
function goalsOf(kinds: Kinds): Goals {
  const goals = [...kinds].map(([kind, totals]) => [kind, afterAll(totals)] as const);
  return inOrder(goals.filter(([, goal]) => goal > 0));
}

function inOrder<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
