import type { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Problem } from '../../message/message.ts';
import type { MarkedLines } from '../known-lines.ts';
import type { BadColumn } from '../layout/column-checks.ts';

/** What was read of a file, whatever its form. */
export interface FormBatch {
  readonly records: readonly FormRecord[];
  /** What is no record of the layout, with its line. */
  readonly faults: readonly FormFault[];
  readonly remarks?: readonly Problem[];
  /** Blocks of lines in it that may be known the next time: where a file has one stream. */
  readonly blocks?: readonly MarkedLines[];
}

/** What is no record of the layout. */
export interface FormFault {
  readonly failure: RefusedFailure;
  /** Absent: it cannot be told whose it is. */
  readonly stream?: string;
  /** Of a row that is too long or too short: what it may say, in each way. */
  readonly readings?: readonly FormRecord['values'][];
}

/** A required column that is not there. */
export function isMissing(name: string): BadColumn {
  return { name, text: saying('isMissing', {}) };
}

/** A record of one stream as its form has it: texts, and lists of texts. */
export interface FormRecord {
  readonly stream: string;
  /** Line on which it begins, from 1; of a JSON document the record's number. */
  readonly line: number;
  readonly values: Readonly<Record<string, string | readonly string[]>>;
  /** The same with another value of a column that has several, and is read as one. */
  readonly others?: readonly FormRecord['values'][];
  /** The first column that the record lacks, or that holds what is none of a column's values. */
  readonly bad?: BadColumn;
}
