import type { Failure } from '../../failure/failure.ts';

/** So many objects may be forbidden before anything was taken: then it is the whole target. */
const FEW = 5;

/** Tells one object that is not ours to change (403) from a target that lets us change none. */
export class Forbidden {
  #hasTaken = false;
  readonly #names = new Set<string>();

  /** The target took something: what it forbids from now on is about single objects. */
  took(): void {
    this.#hasTaken = true;
  }

  /**
   * Throws the failure where it is the whole target's. `name` tells objects apart; `knock` throws
   * where we may not even look.
   */
  async judge(name: string, failure: Failure, knock: () => Promise<void>): Promise<void> {
    if (this.#hasTaken) return;
    this.#names.add(name);
    if (this.#names.size >= FEW) throw failure;
    // Whoever may not even look is not let in at all.
    if (this.#names.size === 1) await knock();
  }
}
