import type { EntityRef } from '../message/message.ts';

/** The first day on which the calendar alone may change what a target should hold of an entity. */
export interface Recheck {
  readonly origin: EntityRef;
  /** `YYYY-MM-DD` */
  readonly until: string;
}

/** What of each target the calendar will change. A recheck that is noted in vain does no harm. */
export interface RecheckStore {
  note(target: string, rechecks: readonly Recheck[]): Promise<void>;
  /** Entities whose day has come, each once. */
  due(target: string, today: string): Promise<readonly EntityRef[]>;
  /** Forgets the rechecks of a target up to that day; all of them without a day. */
  forget(target: string, upTo?: string): Promise<void>;
}
