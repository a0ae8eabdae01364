import type { Context, Pace } from '../../connector/connector.ts';
import { TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';

/** How many requests a target takes: shared by all that is open of one binding. */
export interface RateBudgetOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after `ms`; rejects when the signal fires. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Without it only `pause` delays. */
  readonly requestsPerSecond?: number;
  /** A caller that would have to wait longer for the end of a pause is refused. */
  readonly longestPauseMs: number;
}

/**
 * A token bucket (as ITU-T I.371's virtual scheduling): a tenth of a second's requests may come at
 * once, the rest evenly. Turns are given in the order of the calls, so that the same calls at the
 * same times always wait the same.
 */
export class RateBudget implements Pace {
  readonly #options: RateBudgetOptions;
  readonly #intervalMs: number;
  readonly #burstMs: number;
  #nextAt = 0;
  #pausedUntil = 0;

  constructor(options: RateBudgetOptions) {
    this.#options = options;
    const rate = options.requestsPerSecond;
    this.#intervalMs = rate === undefined ? 0 : 1000 / rate;
    this.#burstMs =
      rate === undefined ? 0 : this.#intervalMs * (Math.max(1, Math.floor(rate / 10)) - 1);
  }

  /** Resolves when one request may go. Throws TARGET_BUSY where a pause is too long to wait for. */
  async take(signal?: AbortSignal): Promise<void> {
    const now = this.#options.now();
    const pauseMs = this.#pausedUntil - now;
    if (pauseMs > this.#options.longestPauseMs) {
      throw new TransientFailure('TARGET_BUSY', saying('allWait', {}), { retryAfterMs: pauseMs });
    }
    const due = Math.max(this.#nextAt, now, this.#pausedUntil);
    this.#nextAt = due + this.#intervalMs;
    const waitMs = Math.max(this.#pausedUntil, due - this.#burstMs) - now;
    if (waitMs > 0) await this.#options.sleep(waitMs, signal);
  }

  /** The target asked for silence: nobody's request goes before the time is over. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#options.now() + ms);
  }
}

/** Paces by name, each made once: one for every binding, or for a test. */
export function sharedPaces(): Context['paceOf'] {
  const paces = new Map<string, Pace>();
  return (name, make) => {
    const pace = paces.get(name) ?? make();
    paces.set(name, pace);
    return pace;
  };
}
