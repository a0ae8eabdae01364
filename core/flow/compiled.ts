import type { Guards } from '../config/rules/guards.ts';
import type { Schools } from '../mapping/language/ours.ts';
import type { Shown } from '../mapping/shown/shown.ts';
import type { Entity } from '../message/message.ts';

/** A flow file, checked and compiled. */
export interface Flow {
  readonly name: string;
  readonly file: string;
  readonly purpose: string;
  readonly legalBasis: string;
  readonly from: readonly string[];
  readonly to: string;
  /** cron expression in Europe/Stockholm, or null: only by hand or event. */
  readonly schedule: string | null;
  /** Whether news of a source let it run; null: as the target's mode suggests. */
  readonly doorbell: boolean | null;
  /** Time of day by which a scheduled run must have ended well, `HH:MM`; or null. */
  readonly deadline: string | null;
  /** By entity kind. A kind that is not named gives no objects. */
  readonly selects: ReadonlyMap<string, Selection>;
  /** Object kind -> the fields by which it may be adopted; a kind not named: all declared. */
  readonly adopt: ReadonlyMap<string, readonly string[]>;
  readonly protectedPersons: 'exclude' | 'include';
  readonly schools: Schools;
  readonly guards: Guards;
  readonly delivery: Delivery;
  readonly overrides: OverrideRules;
  readonly fingerprint: string;
}

export interface Selection {
  /** The condition as it is written, and its line in the flow's file; null where all are selected. */
  readonly written: { readonly text: string; readonly line: number } | null;
  /** Inverse relations that the condition reads. */
  readonly inverses: readonly string[];
  /** It reads who governs something: whose it is. */
  readonly asksWhose: boolean;
  /** What it reads of the view; of an inverse relation, of each that refers. */
  readonly shown: Shown;
  /** `where`: throws an ExpressionFailure only for entities it cannot judge. */
  readonly where: (view: Entity, today: string) => boolean;
}

/** What persons may set in the place of mappings. */
export interface OverrideRules {
  /** So many different persons must want one before it counts. */
  readonly approvals: number;
  /** Most days that one may count. */
  readonly longestDays: number;
  /** Object kind -> fields, dotted, that nobody may set; `*` for all. */
  readonly locked: ReadonlyMap<string, readonly string[]>;
  /** The same of those that only who may see personal contents may set. */
  readonly sensitive: ReadonlyMap<string, readonly string[]>;
}

export interface Delivery {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  readonly concurrency: number;
  /** Days between the two steps of a deletion, where the target can suspend; 0: one step. */
  readonly graceDays: number;
}
