import { HeldFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Context } from '../flow/context.ts';
import type { Target } from '../flow/target.ts';
import {
  approvedNow,
  closeHolds,
  HEALED,
  openHold,
  type UsedApprovals,
  useApprovedParts,
} from '../guard/holds.ts';
import { alwaysPasses, type Judgement, judgePlan } from '../guard/plan-guard.ts';
import { unitNames } from '../guard/unit-names.ts';
import { runsAround, weekdayHabit } from '../guard/weekday-habit.ts';
import type { Problem } from '../message/message.ts';
import { beyond, keepLoad, readLoad } from '../plan/count/loads.ts';
import {
  isEmpty,
  type KindTotals,
  type PlanTotals,
  sumOf,
  type UnitTotals,
  without,
} from '../plan/count/totals.ts';
import type { HoldPart, Planned } from '../store/run-store.ts';
import type { Store } from '../store/store.ts';

/** What the flow's guards say to a plan; nothing is written. */
export async function judge(
  { flow, name }: Target,
  totals: PlanTotals,
  { store, now, dateOf }: Pick<Context, 'store' | 'now' | 'dateOf'>,
): Promise<Judgement> {
  const shares = [totals, ...totals.units.values()];
  if (shares.every((share) => alwaysPasses(guarded(share), flow.guards))) {
    return { withheld: new Set(), reasons: [] };
  }
  const load = await readLoad(store, name);
  const changed = [...totals.units].filter(([, { kinds }]) => !isEmpty(sumOf(kinds)));
  const names = await unitNames(
    store,
    changed.map(([unit]) => unit),
  );
  const today = dateOf(now());
  const runs = await runsAround(flow.name, now(), store);
  const units = [...totals.units].map(
    ([unit, own]) => [unit, { kinds: beyond(guarded(own), load.units.get(unit)) }] as const,
  );
  const plan = {
    ...{ target: name, today, units: new Map(units) },
    without: (withheld: ReadonlySet<string>) =>
      beyond(guarded(without(totals, withheld)), load.whole),
    nameOf: (unit: string) => names.get(unit) ?? unit,
    history: weekdayHabit(runs, name, today, dateOf),
  };
  const { withheld, reasons } = judgePlan(plan, flow.guards);
  const isChanged = new Set(changed.map(([unit]) => unit));
  return { withheld: new Set([...withheld].filter((unit) => isChanged.has(unit))), reasons };
}

/** Why a plan would wait; empty where persons have approved what the guards say. Writes nothing. */
export async function stillHeld(
  target: Target,
  totals: PlanTotals,
  context: Pick<Context, 'store' | 'now' | 'dateOf'>,
): Promise<readonly Problem[]> {
  const { withheld, reasons } = await judge(target, totals, context);
  if (withheld.size === 0) return reasons;
  const digestOf = (unit: string) => totals.units.get(unit)?.digest;
  const approved = await approvedNow(context.store, `flow ${target.flow.name}`, digestOf);
  const units = new Set(approved.flatMap(({ parts }) => parts));
  return withheld.isSubsetOf(units) ? [] : reasons;
}

/**
 * Judges a plan, and opens a hold for what must wait. What persons have approved exactly as it is
 * now may go, once. Answers what still waits.
 */
export async function guardPlan(
  target: Target,
  run: string,
  totals: PlanTotals,
  context: Pick<Context, 'store' | 'now' | 'dateOf'>,
): Promise<Guarded> {
  const judged = await hold(target, run, totals, context);
  await noteLoad(target, totals, judged.withheld, context.store);
  return judged;
}

/** Why a part of the plan waits for a person, as the run's failure. */
export function heldBack(reasons: readonly Problem[]): HeldFailure | null {
  const [reason, ...rest] = reasons;
  if (reason === undefined) return null;
  const first = reason.said ?? reason.text;
  const more = rest.length;
  return new HeldFailure('GUARD_LIMIT', more === 0 ? first : saying('withMore', { first, more }));
}

type Guarded = Judgement & { readonly used: UsedApprovals };

/** What may go now may go on, whatever interrupts it. */
async function noteLoad(
  { name }: Target,
  totals: PlanTotals,
  withheld: ReadonlySet<string>,
  store: Store,
): Promise<void> {
  if (totals.create === 0) return;
  const free = [...totals.units].filter(([unit]) => !withheld.has(unit));
  const units = new Map(free.map(([unit, own]) => [unit, guarded(own)]));
  await keepLoad(
    store,
    name,
    await readLoad(store, name),
    guarded(without(totals, withheld)),
    units,
  );
}

async function hold(
  target: Target,
  run: string,
  totals: PlanTotals,
  context: Pick<Context, 'store' | 'now' | 'dateOf'>,
): Promise<Guarded> {
  const { withheld, reasons } = await judge(target, totals, context);
  const { store, now } = context;
  const subject = `flow ${target.flow.name}` as const;
  if (withheld.size === 0) {
    await closeHolds(store, subject, HEALED);
    return { withheld, reasons: [], used: { units: new Set(), holds: [] } };
  }
  const digestOf = (unit: string) => totals.units.get(unit)?.digest;
  const used = await useApprovedParts(store, subject, digestOf);
  const waiting = new Set([...withheld].filter((unit) => !used.units.has(unit)));
  if (waiting.size === 0) return { withheld: waiting, reasons: [], used };
  const parts = await partsOf(totals, waiting, store);
  const others = new Set([...totals.units.keys()].filter((unit) => !waiting.has(unit)));
  const { create, update, delete: deletions } = without(totals, others);
  await openHold(
    store,
    {
      ...{ subject, run, reasons, parts, digest: totals.digest },
      counts: { create, update, delete: deletions },
      needs: target.flow.guards.approvals,
    },
    now(),
  );
  return { withheld: waiting, reasons, used };
}

async function partsOf(
  { units }: PlanTotals,
  waiting: ReadonlySet<string>,
  store: Pick<Store, 'entities'>,
): Promise<readonly HoldPart[]> {
  const names = await unitNames(store, waiting);
  return [...waiting].map((unit) => {
    const own = units.get(unit);
    const { create, update, delete: deletions } = sumOf(own?.kinds ?? new Map());
    const counts = { create, update, delete: deletions };
    const kinds = own === undefined ? {} : changesByKind(own);
    return { unit, name: names.get(unit) ?? unit, digest: own?.digest ?? '', counts, kinds };
  });
}

/** What a run notes of its plan, so that later runs know what is usual. */
export function plannedOf(target: string, totals: PlanTotals): Planned {
  const kinds = [...guarded(totals)].map(
    ([kind, { create, update, delete: deletions, replace }]) =>
      [kind, { create, update, delete: deletions, replace }] as const,
  );
  return { target, kinds: Object.fromEntries(kinds) };
}

function changesByKind(own: UnitTotals): NonNullable<HoldPart['kinds']> {
  const changed = [...guarded(own)].filter(([, { create, update, delete: deletions }]) => {
    return create + update + deletions > 0;
  });
  return Object.fromEntries(
    changed.map(([kind, { create, update, delete: deletions, replace, held }]) => [
      kind,
      { held, create, update, delete: deletions, replace },
    ]),
  );
}

/** Members of lists are guarded as objects are. */
function guarded({ kinds, members }: Pick<UnitTotals, 'kinds' | 'members'>) {
  return new Map<string, KindTotals>([...kinds, ...members]);
}
