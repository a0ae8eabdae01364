import { isList, isObject } from '../../message/digest.ts';
import type { EntityRef, Json } from '../../message/message.ts';
import type { Store } from '../../store/store.ts';
import { type HeldCounts, heldCountsOf } from '../count/held-counts.ts';

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

/** Reads what is known of the last settled plan; null where the next one looks at everything. */
export async function readPlanned(store: Store, target: string): Promise<Planned | null> {
  return plannedOf(await store.getValue(nameOf(target)));
}

/** Replaces what is known of the last settled plan. */
export async function writePlanned(store: Store, target: string, planned: Planned): Promise<void> {
  const retracted = planned.retracted.map(({ kind, id }) => ({ kind, id }));
  await store.putValue(nameOf(target), { ...planned, retracted });
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

/** Older versions kept no ids of protected persons: theirs is no plan that is known. */
function plannedOf(value: Json): Planned | null {
  if (!isObject(value)) return null;
  const { rules, concealed, wholeOn, day, held, changes, retracted, overrides } = value;
  const counts = heldCountsOf(held);
  if (counts === null || !isList(concealed) || !isList(retracted)) return null;
  return {
    ...{ rules: `${rules}`, wholeOn: `${wholeOn}`, day: `${day}`, changes: Number(changes) },
    ...{ concealed: concealed.map(String), held: counts },
    overrides: isList(overrides) ? overrides.map(String) : [],
    // SAFETY: only `writePlanned` writes it.
    retracted: retracted as unknown as readonly EntityRef[],
  };
}
