import type { OnProgress } from '../message/progress.ts';
import type { Run } from '../store/run-store.ts';

/** What a night is to do. */
export interface SyncRequest {
  readonly flow: string | null;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  /** False: the sources are taken in, and no target is told anything. */
  readonly deliver: boolean;
  /** Delivers exactly the plan of this digest from what is stored; no source is read then. */
  readonly plan?: string;
  /** Retries due within this time are waited for. */
  readonly patienceMs: number;
  /** The person who asks for it, for the audit trail; absent where the clock does. */
  readonly who?: string;
}

/** What it did. */
export interface SyncReport {
  readonly intakes: readonly Run[];
  readonly flows: readonly Run[];
  readonly elapsedMs: number;
}
