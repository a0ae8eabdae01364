import type { OnProgress } from '../../message/progress.ts';
import type { PlanReport } from './plan-report.ts';

/** A mapping's file, and another text for it. */
export interface MappingText {
  readonly file: string;
  readonly text: string;
}

export interface MappingRequest extends MappingText {
  /** Shows personal values; audited under `who`. */
  readonly reveal: boolean;
  readonly who: string;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** What another text of a mapping would change. */
export interface MappingTrial {
  /** Of the flows that lead through it, beside what would come anyway; none of an inbound one. */
  readonly reports: readonly PlanReport[];
  /** Of an inbound one: so many of the records that are set aside could be read with it. */
  readonly readable: number | null;
}
