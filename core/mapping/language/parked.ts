import type { FailureCode } from '../../failure/catalogue.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import type { Problem, Saying } from '../../message/message.ts';

/** Where a rule stands: what a person must look at when it parks. */
export interface RulePlace {
  readonly file: string;
  readonly line: number;
  /** The target field, dotted. */
  readonly field: string;
}

/** Stands for a word that is there and could not be read, where the word itself is not wanted. */
export const UNREAD_WORD = 'unread';

/** A value was there, and the rule could make nothing of it. */
const OF_A_VALUE: ReadonlySet<FailureCode> = new Set([
  'CODE_UNMAPPED',
  'VALUE_NOT_ALLOWED',
  'VALUE_TOO_LONG',
]);

/** Thrown inside a mapping when an object or part cannot be made; never leaves the mapping. */
export class Parked {
  readonly problem: Problem;
  /** Whether a value was there. */
  readonly isOfValue: boolean;

  constructor(code: FailureCode, what: string | Saying, place: RulePlace) {
    const said = saying('atField', { field: place.field, what });
    this.problem = new RefusedFailure(code, said, { place }).toProblem();
    this.isOfValue = OF_A_VALUE.has(code);
  }
}

/**
 * What an evaluation threw, as a problem. A defect of ours too is that of one record or entity,
 * which keeps its last good value: no input ends the run of others. Its message may quote a value.
 */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Parked) return thrown.problem;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new RefusedFailure('MAPPING_BROKE', saying('mappingBroke', { name })).toProblem();
}

/** What is read; undefined where the reading comes to nothing, for whatever reason. */
export function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
