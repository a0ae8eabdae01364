/** Requests for a token from one address in a minute. */
const MOST_IN_WINDOW = 30;
const WINDOW_MS = 60_000;
const MOST_ADDRESSES = 10_000;

/** Counts who asks for tokens: whoever guesses is slow. */
export class TokenRequests {
  readonly #now: () => number;
  readonly #counts = new Map<string, { count: number; readonly since: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds until this address may ask again; 0: it may, and has now. */
  waitFor(address: string): number {
    const now = this.#now();
    const known = this.#counts.get(address);
    const isOver = known === undefined || now - known.since >= WINDOW_MS;
    const entry = isOver ? { count: 0, since: now } : known;
    if (entry.count >= MOST_IN_WINDOW) return Math.ceil((entry.since + WINDOW_MS - now) / 1000);
    entry.count += 1;
    this.#counts.delete(address);
    this.#counts.set(address, entry);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > MOST_ADDRESSES && oldest !== undefined) this.#counts.delete(oldest);
    return 0;
  }
}
