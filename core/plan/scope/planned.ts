import type { EntityRef } from '../../message/message.ts';
import { keptValue, type Store } from '../../store/store.ts';
import type { HeldCounts } from '../count/held-counts.ts';

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
