import type { Target } from '../../flow/target.ts';
import { daysBetween } from '../../message/dates.ts';
import type { EntityRef } from '../../message/message.ts';
import type { Change } from '../../store/entity-store.ts';
import type { Override } from '../../store/override-store.ts';
import { keptValue, type Store } from '../../store/store.ts';
import { rivalsOf } from '../../view/doubled.ts';
import { governsOtherwise } from '../../view/governed.ts';
import { householdsOf } from '../../view/household.ts';
import type { HeldCounts } from '../count/held-counts.ts';
import { isInForce } from '../override/given.ts';
import { type Affected, changesRead, type DependentsContext, dependentsOf } from './dependents.ts';

/** Which entities a run plans, and what must be remembered of it so that the next one knows. */
export interface PlanScope {
  /** Null for all. */
  readonly only: Affected | null;
  /** What the target held after the last whole plan; null where everything is planned. */
  readonly held: HeldCounts | null;
  /** Number of the look at the change log. */
  readonly changes: number;
  /** Ids of the protected persons. */
  readonly concealed: readonly string[];
  /** Day of the last whole plan. */
  readonly wholeOn: string;
  /** Ids of the overrides that count. */
  readonly overrides: readonly string[];
}

export interface ScopeTask {
  readonly target: Target;
  /** Digest of everything that a plan depends on beside data and calendar. */
  readonly rules: string;
}

/** Once a week everything is planned anew, whatever is known. */
const WHOLE_EVERY_DAYS = 7;

/** So few changes are followed one by one, however small the city is. */
const MANY = 500;
/** To follow one change costs as much as to plan so many entities (measured: 2.5 ms and 0.1 ms). */
const COST_OF_DEPENDENTS = 20;
/** So many persons whose protection has changed: to plan everything is quicker. */
const MOST_CHANGED_PROTECTIONS = 500;

/**
 * An entity is planned anew when it, something that it shows, the protection of somebody near it or
 * the calendar has changed since the last plan, or as long as a message of it is open; all of them
 * when the rules have changed, or where anything is in doubt.
 */
export async function scopeOf(
  { target, rules }: ScopeTask,
  today: string,
  context: DependentsContext,
): Promise<PlanScope> {
  const { store } = context;
  const before = await readPlanned(store, target.name);
  const { until, changed: changes } = await store.entities.changes(before?.changes ?? 0);
  const concealed = await protectedIds(context);
  const all = await store.overrides.list({ target: target.name });
  const overrides = all.flatMap((one) => (isInForce(one, today) ? [one.id] : []));
  const about = { changes: until, concealed: [...concealed], overrides };
  const whole = { ...about, only: null, held: null };
  if (before === null || changes === null || before.rules !== rules)
    return { ...whole, wholeOn: today };
  const isFresh = daysBetween(before.wholeOn, today) < WHOLE_EVERY_DAYS;
  if (today < before.day || !isFresh) return { ...whole, wholeOn: today };
  const were = new Set(before.concealed);
  const turned = concealed.symmetricDifference(were);
  const persons = [...turned].map((id) => asContent({ kind: 'person', id }));
  if (turned.size > MOST_CHANGED_PROTECTIONS) return { ...whole, wholeOn: today };
  if (governsOtherwise(changes)) return { ...whole, wholeOn: today };
  const changed = changesRead(changes, target, context);
  const looks = [
    ...changed,
    ...(await homesOf([...changed, ...persons], concealed.union(were), context)),
    ...(await seenOtherwise(persons, context)),
    ...(await dueOf(target, today, store)),
    ...(await openOf(target, store)),
    ...(await rivals(context)),
    ...before.retracted.map(asContent),
    ...begunOrEnded(all, overrides, before.overrides),
  ];
  if (await isMostOf(looks, context)) return { ...whole, wholeOn: today };
  const only = await dependentsOf(looks, target, context);
  if (only === null) return { ...whole, wholeOn: today };
  return { ...whole, only, held: before.held, wholeOn: before.wholeOn };
}

/**
 * Whether so many have changed that a plan of everything is quicker than to find all who depend on
 * them, which asks the store several times for each.
 */
async function isMostOf(
  looks: readonly Change[],
  { store, canonical }: DependentsContext,
): Promise<boolean> {
  if (looks.length <= MANY) return false;
  const counts = await Promise.all(canonical.kinds.map((kind) => store.entities.count(kind)));
  return looks.length * COST_OF_DEPENDENTS > counts.reduce((sum, count) => sum + count, 0);
}

/** What gives an object that holds what a person has set since, or holds it no longer. */
function begunOrEnded(
  all: readonly Override[],
  now: readonly string[],
  before: readonly string[],
): readonly Change[] {
  const turned = new Set(now).symmetricDifference(new Set(before));
  return all.flatMap(({ id, origin }) => (turned.has(id) ? [asContent(origin)] : []));
}

/** Remembers a plan that has been settled: nothing of it was withheld or left out. */
export async function keepScope(
  { target, rules }: ScopeTask,
  { changes, concealed, wholeOn, overrides }: PlanScope,
  held: HeldCounts,
  today: string,
  store: Store,
): Promise<void> {
  const about = { changes, rules, concealed, wholeOn, overrides };
  const planned = { ...about, day: today, held, retracted: [] };
  await writePlanned(store, target.name, planned);
  await store.rechecks.forget(target.name, today);
}

/** Who shares an account is shown by what the others are. */
async function rivals({ store, canonical }: DependentsContext): Promise<readonly Change[]> {
  const found: Change[] = [];
  for (const kind of canonical.kinds) {
    for (const { ids } of await rivalsOf(store.entities, canonical, kind)) {
      found.push(...ids.slice(1).map((id) => asContent({ kind, id })));
    }
  }
  return found;
}

/** What the calendar has changed. */
async function dueOf({ name }: Target, today: string, { rechecks }: Store) {
  const due = await rechecks.due(name, today);
  return due.map(asContent);
}

/** What has a message that is not settled yet. */
async function openOf({ name }: Target, { messages }: Store): Promise<readonly Change[]> {
  const open: Change[] = [];
  for await (const batch of messages.scan({ target: name })) {
    open.push(...batch.map(({ origin }) => asContent(origin)));
  }
  return open;
}

/** Reads the ids of all protected persons, in ascending order. */
async function protectedIds({ store, canonical }: DependentsContext): Promise<ReadonlySet<string>> {
  const schema = canonical.get('person');
  const marked = await store.entities.protected('person');
  const found = marked.filter(({ entity }) => schema?.isProtected(entity) === true);
  return new Set(found.map(({ entity }) => entity.id));
}

/**
 * The households of those who have changed, where a person is among them who is or was protected:
 * whoever lives there now, or no longer, is shown otherwise. A tie that has gone led from or to
 * somebody who has changed (whoever has lost a referrer is told too), so both its ends are in one
 * of them.
 */
async function homesOf(
  changed: readonly EntityRef[],
  concealed: ReadonlySet<string>,
  { store: { entities } }: DependentsContext,
): Promise<readonly Change[]> {
  if (concealed.size === 0) return [];
  const ids = changed.flatMap(({ kind, id }) => (kind === 'person' ? [id] : []));
  const homes = new Set(ids);
  const stored = (await entities.get('person', ids)).map(({ entity }) => entity);
  for (const home of await householdsOf(entities, stored)) for (const id of home) homes.add(id);
  if (homes.isDisjointFrom(concealed)) return [];
  return [...homes].map((id) => asContent({ kind: 'person', id }));
}

/**
 * What is seen otherwise since these persons are protected, or are so no longer: they, and all that
 * refers to them, each as if its own content had changed.
 */
async function seenOtherwise(
  persons: readonly Change[],
  { store: { entities } }: DependentsContext,
): Promise<readonly Change[]> {
  const referrers = (await entities.referrers(persons)).flat();
  return [...persons, ...referrers].map(asContent);
}

function asContent({ kind, id }: EntityRef): Change {
  return { kind, id, what: 'content' };
}

/** What is remembered of a target's last settled plan. */
export interface Planned {
  /** Number of its look at the change log. */
  readonly changes: number;
  /** Digest of everything that a plan depends on beside data and calendar. */
  readonly rules: string;
  /** Ids of the persons who were protected. */
  readonly concealed: readonly string[];
  /** Day of the last whole plan. */
  readonly wholeOn: string;
  readonly day: string;
  /** What the target held after it, less what protection has taken since. */
  readonly held: HeldCounts;
  /** Of whom protection has taken something since: origins of objects. */
  readonly retracted: readonly EntityRef[];
  /** Ids of the overrides that counted. */
  readonly overrides: readonly string[];
}

/** What older versions did not keep. */
type Later = 'held' | 'concealed' | 'retracted' | 'overrides';

/** By target. */
const PLANS = keptValue<Omit<Planned, Later> & Partial<Pick<Planned, Later>>>('planned');

/** Reads what is known of the last settled plan; null where the next one looks at everything. */
export async function readPlanned(store: Store, target: string): Promise<Planned | null> {
  const kept = await PLANS.read(store, target);
  if (kept === null) return null;
  const { held, concealed, retracted, overrides = [], ...others } = kept;
  // Of whom nothing was kept, nothing is known: theirs is no plan to go by.
  if (held == null || concealed === undefined || retracted === undefined) return null;
  return { ...others, held, concealed, retracted, overrides };
}

/** Replaces what is known of the last settled plan. */
export async function writePlanned(store: Store, target: string, planned: Planned): Promise<void> {
  const retracted = planned.retracted.map(({ kind, id }) => ({ kind, id }));
  await PLANS.write(store, target, { ...planned, retracted });
}

/**
 * The next run plans everything: needed wherever the ledger is written other than by delivering.
 */
export async function forgetScope(store: Store, target: string): Promise<void> {
  await PLANS.write(store, target, null);
}
