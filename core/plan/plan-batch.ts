import type { TargetKind } from '../flow/target.ts';
import type { EntityRef, Problem } from '../message/message.ts';
import type { EntityStore } from '../store/entity-store.ts';
import type { LedgerStore } from '../store/ledger-store.ts';
import type { Recheck } from '../store/recheck-store.ts';
import type { Views } from '../view/views.ts';
import type { Entry } from './compare.ts';
import type { Given } from './override/given.ts';
import type { Affected } from './scope/dependents.ts';

export interface PlanContext {
  readonly entities: Pick<EntityStore, 'get' | 'scan'>;
  readonly ledger: LedgerStore;
  readonly views: Views;
  /** `YYYY-MM-DD` in Europe/Stockholm. */
  readonly today: string;
  /** What persons have set in the place of the mappings. */
  readonly given: Given;
  /** Organisations of which nothing is to change now. */
  readonly withheld?: ReadonlySet<string>;
  /** Plans these entities alone, and takes the rest for as it should be. */
  readonly only?: Affected | null;
}

/** What a target should hold of one kind from some entities, beside what it holds. */
export interface PlanBatch {
  readonly kind: TargetKind;
  readonly entries: readonly Entry[];
  readonly parked: readonly Parked[];
  /** Of each object that is nothing without another, the kind of what the target will not hold. */
  readonly unreferred: readonly string[];
  /** Entities looked at in this batch, for progress. */
  readonly entities: number;
  /** What the calendar alone will make otherwise. */
  readonly rechecks: readonly Recheck[];
}

/** An object that cannot be made now; what the target holds of it stays. */
export interface Parked {
  readonly origin: EntityRef;
  /** The organisation that it belongs to; '' if none. */
  readonly unit: string;
  readonly key: string | null;
  readonly problem: Problem;
}
