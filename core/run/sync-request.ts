import type { OnProgress } from '../message/progress.ts';
import type { Run } from '../store/run-store.ts';

/** What a night is to do. */
export interface SyncRequest {
  readonly flow: string | null;
  /** By whose word, for the audit trail; absent where the clock or a source says so. */
  readonly who?: string;
  readonly onProgress: OnProgress;
  /** Told of each run that has ended: of intakes once all are, of a flow's before the next one. */
  readonly onEnded?: (run: Run) => Promise<void>;
  readonly signal: AbortSignal;
  /** False: the sources are taken in, and no target is told anything. */
  readonly deliver: boolean;
  /** Delivers exactly the plan of this digest from what is stored; no source is read then. */
  readonly plan?: string;
  /**
   * Since when the flow is due, where the clock says so; epoch milliseconds. What was read since
   * then by another process is not read again.
   */
  readonly dueSince?: number;
  /** Retries due within this time are waited for. */
  readonly patienceMs: number;
}

/** What it did. */
export interface SyncReport {
  readonly intakes: readonly Run[];
  readonly flows: readonly Run[];
  readonly elapsedMs: number;
}
