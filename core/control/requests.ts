import type { OnProgress } from '../message/progress.ts';
import type { PlanReport } from './preview/plan-report.ts';

/** What a plan is asked for, and how much of it is told. */
export interface PlanRequest {
  readonly flow: string | null;
  /** At most this many changes are shown field by field. */
  readonly details: number;
  /** Shows personal values; audited under `who`. */
  readonly reveal: boolean;
  readonly who: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
  /**
   * A target at another address is asked what it holds, as a run does, and what is kept of it
   * changes: only for a rehearsal.
   */
  readonly asksMoved?: boolean;
}

export interface HeldChanges {
  /** Of the organisations that wait, as it is now. */
  readonly report: PlanReport;
  /** It is still what was held: an approval would let it go. */
  readonly isSame: boolean;
}

export interface DriftRequest {
  readonly flow: string;
  readonly repair: boolean;
  /** What is put right where `repair` is said; all that differs where this is left out. */
  readonly only?: readonly DriftName[];
  readonly who: string;
  readonly onProgress?: OnProgress;
  readonly signal: AbortSignal;
}

/** One object that differs, by our key. */
export interface DriftName {
  readonly objectKind: string;
  readonly key: string;
}
