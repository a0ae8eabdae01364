import type { Log } from '../log/log.ts';
import type { OnProgress } from '../message/progress.ts';
import type { CanonicalSchemas } from '../schema/canonical.ts';
import type { Store } from '../store/store.ts';

/** What every part of a run works with. */
export interface Context {
  readonly store: Store;
  readonly canonical: CanonicalSchemas;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** `YYYY-MM-DD` where the city is. */
  readonly today: () => string;
  /** The same of an instant in epoch milliseconds. */
  readonly dateOf: (epochMs: number) => string;
  /** Resolves after `ms`; rejects when the signal fires. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Fires when the run is to stop. */
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}
