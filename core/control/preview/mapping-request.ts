import type { MappingTestResult } from '../../mapping/mapping-tests.ts';
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

/** What a person may try of a mapping before anybody commits it. */
export interface MappingControl {
  /** The text of a mapping's file that is in force; null if no bound module has it. */
  mappingText(file: string): Promise<string | null>;
  /**
   * The tests inside another text of it, run; null as above. Throws CONFIG_INVALID with every lint.
   */
  checkMapping(text: MappingText): Promise<readonly MappingTestResult[] | null>;
  /** What another text of it would change; nothing is written. Null and throws as above. */
  tryMapping(request: MappingRequest): Promise<MappingTrial | null>;
}
