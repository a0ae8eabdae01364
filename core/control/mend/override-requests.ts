import type { EntityRef, Problem } from '../../message/message.ts';
import type { OnProgress } from '../../message/progress.ts';
import type { OverrideFault } from '../../plan/override/given.ts';
import type { OverrideField } from '../../plan/override/locks.ts';
import type { Override } from '../../store/override-store.ts';
import type { ReportedField } from '../preview/plan-report.ts';
import type { FieldForm, ListColumn } from './override-fields.ts';

/** One object of a target. */
export interface ObjectName {
  /** The target, or the flow that leads to it. */
  readonly target: string;
  readonly objectKind: string;
  /** Our key of the object. */
  readonly key: string;
}

/** An object as a person may change it. */
export interface EditableObject extends ObjectName {
  readonly origin: EntityRef;
  readonly fields: readonly EditableField[];
  /** So many different persons must want a change before it counts. */
  readonly needs: number;
  /** The last day that may be chosen, `YYYY-MM-DD`. */
  readonly latest: string;
  /** Why the object cannot be made now; null where it can. */
  readonly problem: Problem | null;
  /** What was set in it, newest first; what has ended too, without its value. */
  readonly overrides: readonly Override[];
}

export interface EditableField extends Pick<OverrideField, 'field' | 'lock' | 'isSensitive'> {
  readonly form: FieldForm;
  /** The words among which it lets choose; empty for any. */
  readonly choices: readonly string[];
  readonly isRequired: boolean;
  /** Of a list, what each of its items says; empty for what is no list, or one of any items. */
  readonly columns: readonly ListColumn[];
  /** What its mapping makes of it, as it would be written; null for nothing. */
  readonly mapped: string | null;
  /** What the target is to hold today. */
  readonly present: string | null;
}

/** Values, as they are written, in the place of what mappings make. */
export interface OverrideRequest extends ObjectName {
  /** By the dotted names of the fields; an empty one leaves its field out. */
  readonly values: ReadonlyMap<string, string>;
  /** The last day on which they count, `YYYY-MM-DD`. */
  readonly until: string;
  readonly reason: string;
  readonly who: string;
  /** Who asks may see personal contents. */
  readonly mayContents: boolean;
}

/** What a request would change, before anything is kept. */
export interface OverrideTrial {
  /** Why it would be refused; empty where it would not. */
  readonly faults: readonly OverrideFault[];
  readonly changes: readonly ReportedField[];
  /** Why the object still could not be made; null where it could. */
  readonly problem: Problem | null;
}

/** An object that is to be delivered at once. */
export interface ObjectRequest extends ObjectName {
  readonly who: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** What became of an object that was to be delivered at once; `next`: it goes with the next run. */
export type Retried = 'delivered' | 'failed' | 'next';

/** What a person may do about values in the place of mappings. */
export interface OverrideControl {
  /** An object as a person may change it; null where none of that key is wanted. Audited. */
  editable(name: ObjectName, who: string): Promise<EditableObject | null>;
  /** What setting these values would change; nothing is kept. Null as above. */
  tryOverride(request: OverrideRequest): Promise<OverrideTrial | null>;
  /** Sets values in the place of mappings, until a day. Audited. Throws OVERRIDE_REFUSED. */
  setOverride(request: OverrideRequest): Promise<readonly Override[]>;
  /** Another person wants it too; null if none is open. Audited. Throws as above for the same. */
  approveOverride(id: string, who: string): Promise<Override | null>;
  /** Ends it: the next plan brings back what the mapping makes. Null if none is open. Audited. */
  endOverride(id: string, who: string, reason: string): Promise<Override | null>;
  /** All of them, newest first, without their values; see `editable`. */
  overrides(): Promise<readonly Omit<Override, 'value'>[]>;
  /** One of them, open or not; null if there is none. */
  override(id: string): Promise<Omit<Override, 'value'> | null>;
  /** Delivers one object at once, where a delivery of it is open. Audited. */
  retryNow(request: ObjectRequest): Promise<Retried>;
}
