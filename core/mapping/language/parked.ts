import type { FailureCode } from '../../failure/catalogue.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import type { Trouble } from '../../message/message.ts';

/** Where a rule stands: what a person must look at when it parks. */
export interface RulePlace {
  readonly file: string;
  readonly line: number;
  /** The target field, dotted. */
  readonly field: string;
}

/** Thrown inside a mapping when an object or part cannot be made; never leaves the mapping. */
export class Parked {
  readonly trouble: Trouble;

  constructor(code: FailureCode, text: string, place: RulePlace) {
    this.trouble = new RefusedFailure(code, `${place.field}: ${text}`, { place }).toTrouble();
  }
}

/**
 * What an evaluation threw, as trouble. A defect of ours too is that of one record or entity, which
 * keeps its last good value: no input ends the run of all others. Its message may quote a value.
 */
export function troubleOf(thrown: unknown): Trouble {
  if (thrown instanceof Parked) return thrown.trouble;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new RefusedFailure('MAPPING_BROKE', `the mapping broke: ${name}`).toTrouble();
}

/** What is read; undefined where the reading comes to nothing, for whatever reason. */
export function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
