import type { EntityRef } from '../message/message.ts';

/** An entity that is gone, and by what it would be known again: keyed hashes, nothing in clear. */
export interface Former {
  readonly entity: EntityRef;
  readonly traits: readonly string[];
  /** Epoch milliseconds. */
  readonly goneAt: number;
}

/**
 * Who was here: an id that comes back is to be of the same person. And what targets have deleted,
 * under kinds that no entity has.
 */
export interface FormerStore {
  put(formers: readonly Former[]): Promise<void>;
  /** Those that are known, in any order. */
  get(kind: string, ids: readonly string[]): Promise<readonly Former[]>;
  /** Forgets whoever was gone before that instant; answers how many. */
  purge(before: number): Promise<number>;
}
