import type { SyncReport } from '../../run/sync-request.ts';
import type { Speech } from './speech.ts';

/**
 * What a process that serves does: `web` shows the dashboard and hears the doorbell, `scheduler`
 * notes what is due, looks for news of sources, purges and mails, `worker` reads and delivers.
 */
export const ROLES = ['all', 'web', 'scheduler', 'worker'] as const;
export type Role = (typeof ROLES)[number];

/** What `serve` is told by whoever starts it. */
export interface ServeRequest {
  readonly role: Role;
  readonly signal: AbortSignal;
  /** How mails say things. Default: in English. */
  readonly speech?: Speech;
  /** Hears what each turn has done. */
  onReport(report: SyncReport): void;
  /**
   * Called once, when it listens and before anything is run: with the modules that take calls, and
   * the address where clients fetch from us, null where this process answers none.
   */
  onListening(called: readonly string[], served: string | null): void;
}

/** The hand of the clock; see scheduler.ts. */
export interface Scheduler {
  /**
   * Somebody says that this module has news: the flows that read it run with the next turn, which
   * the caller lets come at once. False if no flow reads it.
   */
  notify(module: string): boolean;
  /** The same without a claim: what was tried before and lies there unchanged is left alone. */
  poll(module: string): void;
  /** Does what its role is to do now, one flow after another. Answers what was run. */
  turn(signal: AbortSignal): Promise<readonly SyncReport[]>;
  /** Mails what is new among the findings. */
  watch(): Promise<void>;
}
