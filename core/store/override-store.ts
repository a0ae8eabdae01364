import type { EntityRef, Json } from '../message/message.ts';

/** What a person has said that one field of one object is to hold, whatever its mapping says. */
export interface Override {
  readonly id: string;
  readonly target: string;
  readonly objectKind: string;
  /** Our key of the object. */
  readonly key: string;
  /** The entity that gives the object. */
  readonly origin: EntityRef;
  /** Dotted, as the mapping's rule names it. */
  readonly field: string;
  /** Null leaves the field out; null as well once it has ended: the value is forgotten then. */
  readonly value: Json;
  readonly reason: string;
  readonly who: string;
  /** Epoch milliseconds. */
  readonly from: number;
  /** The last day on which it counts, `YYYY-MM-DD`. */
  readonly until: string;
  /** So many different persons must want it; who sets it is the first. */
  readonly needs: number;
  /** Who wants it, in the order in which they said so. */
  readonly approvals: readonly string[];
  readonly end: OverrideEnd | null;
  /** How often it has been put again; the store counts. */
  readonly version: number;
}

/**
 * By what it has ended: its last day has passed, a person has said so or set another one, or
 * nobody may know any more whom it is about.
 */
export interface OverrideEnd {
  readonly how: 'passed' | 'ended' | 'replaced' | 'gone';
  /** Epoch milliseconds. */
  readonly at: number;
  /** Null where no person has ended it. */
  readonly who: string | null;
}

export interface OverrideFilter {
  readonly target?: string;
  /** Those that have not ended. */
  readonly isOpen?: true;
}

/** What persons have set in the place of mappings: few, and read as a whole. */
export interface OverrideStore {
  /** Keeps one under its id, where none is. */
  add(override: Override): Promise<void>;
  /** False, and nothing is changed, where it was put again since this version was read. */
  replace(override: Override): Promise<boolean>;
  /** Newest first. */
  list(filter: OverrideFilter): Promise<readonly Override[]>;
  /** Forgets those that ended before an instant; answers how many. */
  purge(before: number): Promise<number>;
}
