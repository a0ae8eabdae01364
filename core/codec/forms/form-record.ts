import type { RefusedFailure } from '../../failure/failure.ts';
import type { Problem } from '../../message/message.ts';

/** What was read of a file, whatever its form. */
export interface FormBatch {
  readonly records: readonly FormRecord[];
  /** What is no record of the layout, with its line. */
  readonly faults: readonly RefusedFailure[];
  readonly remarks?: readonly Problem[];
}

/** A record of one stream as its form has it: texts, and lists of texts. */
export interface FormRecord {
  readonly stream: string;
  /** Line on which it begins, from 1; of a JSON document the record's number. */
  readonly line: number;
  readonly values: Readonly<Record<string, string | readonly string[]>>;
  /** A required column that this record does not have. */
  readonly absent?: string;
}
