const WINDOW_MS = 15 * 60_000;
const MOST_BY_NAME = 5;
const MOST_BY_ADDRESS = 30;
const MOST_REMEMBERED = 10_000;

/** Failed sign-ins of the last quarter of an hour: who guesses soon has to wait. */
export class Tries {
  readonly #now: () => number;
  readonly #failed = new Map<string, readonly number[]>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The same for names that there are and names that there are not. */
  areTooMany(address: string, name: string): boolean {
    const byName = this.#recent(`${address} ${name}`).length >= MOST_BY_NAME;
    return byName || this.#recent(address).length >= MOST_BY_ADDRESS;
  }

  /** Noted before the password is looked at, so that many at once do not slip through. */
  note(address: string, name: string): void {
    if (this.#failed.size >= MOST_REMEMBERED) this.#failed.clear();
    for (const key of [`${address} ${name}`, address]) {
      this.#failed.set(key, [...this.#recent(key), this.#now()]);
    }
  }

  forgive(address: string, name: string): void {
    this.#failed.delete(`${address} ${name}`);
    this.#failed.delete(address);
  }

  #recent(key: string): readonly number[] {
    return (this.#failed.get(key) ?? []).filter((at) => at > this.#now() - WINDOW_MS);
  }
}
