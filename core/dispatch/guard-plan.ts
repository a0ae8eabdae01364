import { openHold, useApprovedParts } from '../guard/holds.ts';
import { type Judgement, judgePlan } from '../guard/plan-guard.ts';
import type { Target } from '../plan/target.ts';
import { type PlanTotals, without } from '../plan/totals.ts';
import type { Store } from '../store/store.ts';

export interface GuardSurroundings {
  readonly store: Store;
  readonly now: () => number;
  /** `YYYY-MM-DD` of an instant where the city is. */
  readonly dateOf: (epochMs: number) => string;
}

/** So many runs are looked at to know what a weekday usually brings. */
const MOST_RUNS = 100;
const MOST_HISTORY = 8;

/** What the flow's guards say to a plan; nothing is written. */
export async function judge(
  { flow, name }: Target,
  totals: PlanTotals,
  { store, now, dateOf }: GuardSurroundings,
): Promise<Judgement> {
  const changed = [...totals.units].filter(([, unit]) => changesOf(unit.kinds) > 0);
  const stored = await store.entities.get(
    'organisation',
    changed.map(([unit]) => unit),
  );
  const names = new Map(stored.map(({ entity }) => [entity.id, String(entity['displayName'])]));
  const today = dateOf(now());
  const runs = await store.runs.list({ subject: flow.name, outcome: 'done', limit: MOST_RUNS });
  const sameDay = runs.filter(({ startedAt }) => weekday(dateOf(startedAt)) === weekday(today));
  const history = sameDay.slice(0, MOST_HISTORY).map(({ counts }) => ({
    create: counts['create'] ?? 0,
    update: counts['update'] ?? 0,
    delete: counts['delete'] ?? 0,
  }));
  const plan = {
    target: name,
    units: totals.units,
    without: (units: ReadonlySet<string>) => without(totals, units).kinds,
    nameOf: (unit: string) => names.get(unit) ?? unit,
    ...{ today, history },
  };
  const { withheld, reasons } = judgePlan(plan, flow.guards);
  const isChanged = new Set(changed.map(([unit]) => unit));
  return { withheld: new Set([...withheld].filter((unit) => isChanged.has(unit))), reasons };
}

/**
 * Judges a plan, and opens a hold for what must wait. What persons have approved exactly as it is
 * now may go, once. Answers what still waits.
 */
export async function guardPlan(
  target: Target,
  run: string,
  totals: PlanTotals,
  with_: GuardSurroundings,
): Promise<Judgement> {
  const { withheld, reasons } = await judge(target, totals, with_);
  if (withheld.size === 0) return { withheld, reasons: [] };
  const { store, now } = with_;
  const subject = `flow ${target.flow.name}`;
  const digestOf = (unit: string) => totals.units.get(unit)?.digest;
  const approved = await useApprovedParts(store, subject, digestOf);
  const waiting = new Set([...withheld].filter((unit) => !approved.has(unit)));
  if (waiting.size === 0) return { withheld: waiting, reasons: [] };
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
  return { withheld: waiting, reasons };
}

async function partsOf({ units }: PlanTotals, waiting: ReadonlySet<string>, { entities }: Store) {
  const stored = await entities.get('organisation', [...waiting]);
  const names = new Map(stored.map(({ entity }) => [entity.id, String(entity['displayName'])]));
  return [...waiting].map((unit) => {
    const { kinds = new Map(), digest = '' } = units.get(unit) ?? {};
    const counts = { create: 0, update: 0, delete: 0 };
    for (const kind of kinds.values()) {
      counts.create += kind.create;
      counts.update += kind.update;
      counts.delete += kind.delete;
    }
    return { unit, name: names.get(unit) ?? unit, digest, counts };
  });
}

function changesOf(kinds: ReadonlyMap<string, { create: number; update: number; delete: number }>) {
  let changes = 0;
  for (const kind of kinds.values()) changes += kind.create + kind.update + kind.delete;
  return changes;
}

function weekday(date: string): number {
  return new Date(date).getUTCDay();
}
