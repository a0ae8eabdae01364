import type { Guards, UnitLimits } from '../config/rules/guards.ts';
import { windowOn } from '../config/rules/windows.ts';
import { HeldFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Problem } from '../message/message.ts';
import type { PlannedChanges } from '../store/run-store.ts';

export interface GuardedCounts extends PlannedChanges {
  readonly held: number;
}

/** What one day's runs changed at most, kind by kind. */
export type DayCounts = Readonly<Record<string, PlannedChanges>>;

type Kinds = ReadonlyMap<string, GuardedCounts>;

/** A plan as its guard sees it: what changes of each organisation's objects. */
export interface GuardedPlan {
  /** How the target is called in the reasons. */
  readonly target: string;
  readonly units: ReadonlyMap<string, { readonly kinds: Kinds }>;
  /** The kinds of the plan without these organisations. */
  readonly without: (units: ReadonlySet<string>) => Kinds;
  /** How an organisation is called in the reasons. */
  readonly nameOf: (unit: string) => string;
  /** `YYYY-MM-DD`. */
  readonly today: string;
  /** What good runs changed on earlier days of the same weekday. */
  readonly history: readonly DayCounts[];
}

export interface Judgement {
  /** Organisations of which nothing may change until a person has decided. */
  readonly withheld: ReadonlySet<string>;
  readonly reasons: readonly Problem[];
}

/** From so many objects of a kind on, a target counts as loaded; and an organisation in it. */
const LOADED = 100;
const UNIT_LOADED = 20;
/** A run is unusual if it changes so many times what such a weekday's runs do in the middle ... */
const UNUSUAL = 10;
/** ... and at least this share of what the limit allows; so many days make a habit. */
const UNUSUAL_SHARE = 0.5;
const HABIT = 4;

/** Whether so little changes that every guard lets it pass, whatever is usual. */
export function alwaysPasses(kinds: Kinds, { minimum }: Guards): boolean {
  return [...kinds.values()].every((counts) => VERBS.every((verb) => counts[verb] <= minimum));
}

/**
 * Judges each organisation by itself, then what is left: a school whose list was cut short waits
 * alone, and the others are delivered. Where the whole goes too far, all of it waits.
 */
export function judgePlan(plan: GuardedPlan, guards: Guards): Judgement {
  const window = windowOn(guards.windows, plan.today);
  const withheld = new Set<string>();
  const reasons: Problem[] = [];
  if (window === null) {
    for (const [unit, { kinds }] of plan.units) {
      if (unit === '') continue;
      const limits = { ...guards.perUnit, loaded: UNIT_LOADED };
      const found = judgeKinds(`${plan.target}, ${plan.nameOf(unit)}`, kinds, limits, 'perUnit.');
      if (found.length > 0) withheld.add(unit);
      reasons.push(...found);
    }
  }
  const left = plan.without(withheld);
  const limits = { ...(window ?? guards), minimum: guards.minimum, loaded: LOADED };
  const whole = [
    ...judgeKinds(plan.target, left, limits, ''),
    ...(window === null ? judgeHistory(plan, left, guards) : []),
  ];
  if (whole.length === 0) return { withheld, reasons };
  return { withheld: new Set(plan.units.keys()), reasons: [...whole, ...reasons] };
}

type KindLimits = UnitLimits & { readonly loaded: number };

function judgeKinds(about: string, kinds: Kinds, limits: KindLimits, prefix: string): Problem[] {
  const reasons: Problem[] = [];
  for (const [kind, counts] of kinds) {
    for (const verb of VERBS) {
      const count = counts[verb];
      const name = LIMIT_OF[verb];
      if (verb === 'create' && counts.held < limits.loaded) continue;
      if (!exceeds(limits, verb, count, counts.held)) continue;
      const { held } = counts;
      const values = { about, count, held, kind, share: count / Math.max(1, held) };
      const rule = { limit: `${prefix}${name}`, allowed: limits[name] };
      const said = saying(`${verb}Over`, { ...values, ...rule });
      reasons.push(new HeldFailure('GUARD_LIMIT', said).toProblem());
    }
  }
  return reasons;
}

/** Much more than such a weekday usually brings, although no limit is reached yet. */
function judgeHistory({ target, history }: GuardedPlan, kinds: Kinds, guards: Guards): Problem[] {
  const reasons: Problem[] = [];
  for (const [kind, counts] of kinds) {
    const days = history.flatMap((day) => day[kind] ?? []);
    if (days.length < HABIT || counts.held < LOADED) continue;
    for (const verb of VERBS) {
      const usual = median(days.map((day) => day[verb]));
      const half = counts.held * guards[LIMIT_OF[verb]] * UNUSUAL_SHARE;
      if (counts[verb] <= Math.max(usual * UNUSUAL, half, guards.minimum)) continue;
      const said = saying(`${verb}Unusual`, { about: target, count: counts[verb], kind, usual });
      reasons.push(new HeldFailure('GUARD_LIMIT', said).toProblem());
    }
  }
  return reasons;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

type Verb = (typeof VERBS)[number];

const VERBS = ['replace', 'create', 'update', 'delete'] as const;
const LIMIT_OF = {
  replace: 'maxReplace',
  create: 'maxCreate',
  update: 'maxUpdate',
  delete: 'maxDelete',
} as const;

/**
 * The one rule of all guards: whether so many, beside so many that are held, are more than passes.
 * What a source lacks of what is kept from it are deletions.
 */
export function exceeds(limits: UnitLimits, verb: Verb, count: number, held: number): boolean {
  return count > limits.minimum && count > held * limits[LIMIT_OF[verb]];
}
