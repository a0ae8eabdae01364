import { AsyncLocalStorage } from 'node:async_hooks';
import { idOf } from './digest.ts';

/**
 * What was found of a text by rules that do not change while the program runs: JSON, by the hash of
 * all that it was found of. Files that were judged once are not judged again by the next process.
 */
export class Memory {
  readonly #before: ReadonlyMap<string, string>;
  /** What was asked for since. */
  readonly #asked = new Map<string, string>();
  #isNew = false;

  /** The print of all the files that are read. */
  readonly files: string;

  /** With what an earlier process has kept; '' for nothing. */
  constructor(kept: string, files: string) {
    this.files = files;
    const lines = kept === '' ? [] : kept.split('\n');
    this.#before = new Map(lines.map((line) => [line.slice(0, ID), line.slice(ID)]));
  }

  /** Makes it where nobody has yet; null is not kept. */
  recall<T>(input: string, make: () => T | null): T | null {
    const id = idOf(input);
    return this.#find<T>(id) ?? this.#note(id, make());
  }

  /** The same of what takes its time to make. */
  async recallLate<T>(input: string, make: () => Promise<T | null>): Promise<T | null> {
    const id = idOf(input);
    return this.#find<T>(id) ?? this.#note(id, await make());
  }

  #find<T>(id: string): T | null {
    const known = this.#asked.get(id) ?? this.#before.get(id);
    if (known === undefined) return null;
    this.#asked.set(id, known);
    // SAFETY: it was written below, of the same input.
    return JSON.parse(known) as T;
  }

  #note<T>(id: string, made: T | null): T | null {
    if (made === null) return null;
    this.#isNew = true;
    this.#asked.set(id, JSON.stringify(made));
    return made;
  }

  /** All that was asked for, for the next process; null where it knew all of that. */
  kept(): string | null {
    if (!this.#isNew) return null;
    const all = new Map([...this.#asked, ...this.#before]);
    const newest = [...all].slice(0, MOST);
    return newest.map(([id, value]) => id + value).join('\n');
  }
}

/** So much is kept, the least asked for last: what no file says any more goes in time. */
const MOST = 3000;

/** Characters of an id. */
const ID = idOf('').length;

/** That of the reading that goes on; none: each is made anew, as in a process that stays up. */
const present = new AsyncLocalStorage<Memory>();

/** Lets all that is read meanwhile, by this and by nobody else, be recalled. */
export function remembering<T>(memory: Memory, read: () => Promise<T>): Promise<T> {
  return present.run(memory, read);
}

/** Lets what is made later be recalled as what is made now is. */
export function asNow(): <T>(make: () => T) => T {
  return AsyncLocalStorage.snapshot();
}

/** What was found of this input before, or is found now: JSON; null is not kept. */
export function recalled<T>(
  what: string,
  input: readonly unknown[],
  make: () => T | null,
): T | null {
  const memory = present.getStore();
  return memory === undefined ? make() : memory.recall(JSON.stringify([what, ...input]), make);
}

/** The same of what is found of all files together. */
export async function recalledOfAll<T>(
  what: string,
  input: readonly unknown[],
  make: () => Promise<T | null>,
): Promise<T | null> {
  const memory = present.getStore();
  if (memory === undefined) return make();
  return memory.recallLate(JSON.stringify([what, memory.files, ...input]), make);
}
