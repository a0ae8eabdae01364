import type { Target } from '../../flow/target.ts';
import { daysBetween } from '../../message/dates.ts';
import { digestOf, isList } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { Change } from '../../store/entity-store.ts';
import type { Store } from '../../store/store.ts';
import { rivalsOf } from '../../view/doubled.ts';
import { householdOf } from '../../view/household.ts';
import { type HeldCounts, heldCountsOf } from '../count/held-counts.ts';
import { type Affected, type DependentsContext, dependentsOf } from './dependents.ts';

/** Which entities a run plans, and what must be remembered of it so that the next one knows. */
export interface PlanScope {
  /** Null for all. */
  readonly only: Affected | null;
  /** What the target held after the last whole plan; null where everything is planned. */
  readonly held: HeldCounts | null;
  /** Number of the look at the change log. */
  readonly changes: number;
  /** Digest of who is protected. */
  readonly shielded: string;
  /** Day of the last whole plan. */
  readonly wholeOn: string;
}

export interface ScopeTask {
  readonly target: Target;
  /** Digest of everything that a plan depends on beside data and calendar. */
  readonly rules: string;
}

/** Once a week everything is planned anew, whatever is known. */
const WHOLE_EVERY_DAYS = 7;

/**
 * An entity is planned anew when it, something that it shows, or the calendar has changed since the
 * last plan, or as long as a message of it is open; all of them when the rules or the protected
 * persons have changed, or where anything is in doubt.
 */
export async function scopeOf(
  { target, rules }: ScopeTask,
  today: string,
  context: DependentsContext,
): Promise<PlanScope> {
  const { store } = context;
  const before = plannedOf(await store.getValue(nameOf(target.name)));
  const { until, changed } = await store.entities.changes(before?.changes ?? 0);
  const protectedOnes = await protectedIds(context);
  const shielded = digestOf([...protectedOnes]);
  const whole = { only: null, held: null, changes: until, shielded, wholeOn: today };
  if (before === null || changed === null) return whole;
  if (before.rules !== rules || before.shielded !== shielded) return whole;
  const isFresh = daysBetween(before.wholeOn, today) < WHOLE_EVERY_DAYS;
  if (today < before.day || !isFresh) return whole;
  const homes = await homesOf(changed, protectedOnes, context);
  const more = [...(await dueOf(target, today, store)), ...(await openOf(target, store))];
  const looks = [...changed, ...homes, ...more, ...(await rivals(context))];
  const only = await dependentsOf(looks, target, context);
  if (only === null) return whole;
  return { only, held: before.held, changes: until, shielded, wholeOn: before.wholeOn };
}

/** Remembers a plan that has been settled: nothing of it was withheld or left out. */
export async function keepScope(
  { target, rules }: ScopeTask,
  { changes, shielded, wholeOn }: PlanScope,
  held: HeldCounts,
  today: string,
  store: Store,
): Promise<void> {
  const planned = { changes, rules, shielded, wholeOn, day: today, held };
  await store.putValue(nameOf(target.name), planned);
  await store.rechecks.forget(target.name, today);
}

/**
 * The next run plans everything: needed wherever the ledger is written other than by delivering.
 */
export async function forgetScope(store: Store, target: string): Promise<void> {
  await store.putValue(nameOf(target), null);
}

function nameOf(target: string): string {
  return `planned ${target}`;
}

interface Planned {
  readonly changes: number;
  readonly rules: string;
  readonly shielded: string;
  readonly wholeOn: string;
  readonly day: string;
  readonly held: HeldCounts;
}

function plannedOf(value: Json): Planned | null {
  if (typeof value !== 'object' || value === null || isList(value)) return null;
  // SAFETY: not null and not a list.
  const { changes, rules, shielded, wholeOn, day, held } = value as JsonObject;
  const counts = heldCountsOf(held);
  if (counts === null) return null;
  const texts = { rules: `${rules}`, shielded: `${shielded}`, wholeOn: `${wholeOn}` };
  return { ...texts, day: `${day}`, changes: Number(changes), held: counts };
}

async function protectedIds({ store, canonical }: DependentsContext): Promise<ReadonlySet<string>> {
  const schema = canonical.get('person');
  const shielded = await store.entities.protected('person');
  const found = shielded.filter(({ entity }) => schema?.isProtected(entity) === true);
  return new Set(found.map(({ entity }) => entity.id));
}

/**
 * The households of those who have changed, where a protected person is among them: whoever lives
 * there now, or no longer, is shown otherwise. A tie that has gone led from or to somebody who has
 * changed (whoever has lost a referrer is told too), so both its ends are in one of them.
 */
async function homesOf(
  changed: readonly Change[],
  protectedOnes: ReadonlySet<string>,
  { store: { entities } }: DependentsContext,
): Promise<readonly Change[]> {
  if (protectedOnes.size === 0) return [];
  const ids = changed.flatMap(({ kind, id }) => (kind === 'person' ? [id] : []));
  const homes = new Set(ids);
  for (const { entity } of await entities.get('person', ids)) {
    for (const id of await householdOf(entities, [entity])) homes.add(id);
  }
  if (homes.isDisjointFrom(protectedOnes)) return [];
  return [...homes].map((id) => ({ kind: 'person', id, what: 'content' }));
}

/** Who shares an account is shown by what the others are. */
async function rivals({ store, canonical }: DependentsContext): Promise<readonly Change[]> {
  const found: Change[] = [];
  for (const kind of canonical.kinds) {
    for (const { ids } of await rivalsOf(store.entities, canonical, kind)) {
      found.push(...ids.slice(1).map((id) => ({ kind, id, what: 'content' }) as const));
    }
  }
  return found;
}

/** What the calendar has changed. */
async function dueOf({ name }: Target, today: string, { rechecks }: Store) {
  const due = await rechecks.due(name, today);
  return due.map((one): Change => ({ ...one, what: 'content' }));
}

/** What has a message that is not settled yet. */
async function openOf({ name }: Target, { messages }: Store): Promise<readonly Change[]> {
  const open: Change[] = [];
  for await (const batch of messages.scan({ target: name })) {
    open.push(...batch.map(({ origin }) => ({ ...origin, what: 'content' }) as const));
  }
  return open;
}
