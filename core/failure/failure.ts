import type { Place, Problem, Saying } from '../message/message.ts';
import { CATALOGUE, type FailureCode } from './catalogue.ts';
import { inEnglish } from './saying.ts';

/** What is to be done about a failure; the class decides, nobody reads texts. */
export type Recovery = 'retry' | 'dead-letter' | 'hold' | 'invalid';

/** What a failure can say beside its text. */
export interface FailureDetails {
  /** Where it was found: file, line, field. */
  readonly place?: Place;
  /** The error behind it. */
  readonly cause?: unknown;
  /** Replaces the catalogue's hint where the place knows better. */
  readonly hint?: string | Saying;
  /** Milliseconds the other side asked us to wait. */
  readonly retryAfterMs?: number;
}

/**
 * Something expected went wrong outside. `text` says what was found and what is allowed and never
 * quotes personal data; a saying is also said in other languages. Faults of our own are assertions,
 * not failures.
 */
export abstract class Failure extends Error {
  /** What is to be done about it: the class decides. */
  abstract readonly recovery: Recovery;
  /** Stands in the catalogue, with its meaning and hint. */
  readonly code: FailureCode;
  /** What a person can do about it. */
  readonly hint: string;
  /** Where it was found; null where that is nowhere in particular. */
  readonly place: Place | null;
  /** Milliseconds that the other side asked us to wait; null where it did not say. */
  readonly retryAfterMs: number | null;
  readonly #sayings: Pick<Problem, 'said' | 'hintSaid'>;

  constructor(code: FailureCode, text: string | Saying, details: FailureDetails = {}) {
    const about = details.cause === undefined ? undefined : { cause: details.cause };
    super(inEnglish(text), about);
    this.name = new.target.name;
    this.code = code;
    const { hint = CATALOGUE[code].hint } = details;
    this.hint = inEnglish(hint);
    this.#sayings = {
      ...(typeof text === 'string' ? {} : { said: text }),
      ...(typeof hint === 'string' ? {} : { hintSaid: hint }),
    };
    this.place = details.place ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
  }

  /**
   * The failure as a value that can be kept with a message. What is common to both sides of the hub
   * is mended otherwise at a target: that has no sender.
   */
  toProblem(side: 'source' | 'target' = 'source'): Problem {
    const entry: { readonly hint: string; readonly targetHint?: string } = CATALOGUE[this.code];
    const isUsual = this.hint === entry.hint && side === 'target';
    const hint = isUsual ? (entry.targetHint ?? this.hint) : this.hint;
    return { code: this.code, text: this.message, hint, place: this.place, ...this.#sayings };
  }
}

/** The other side is busy, unreachable or broken for now: try again later. */
export class TransientFailure extends Failure {
  readonly recovery = 'retry';
}

/** This one record or object is refused: a person must mend it. */
export class RefusedFailure extends Failure {
  readonly recovery = 'dead-letter';
}

/** The whole source or target must wait for a person (credentials, host key, guard). */
export class HeldFailure extends Failure {
  readonly recovery = 'hold';
}

/**
 * What was asked for is not ours to do, by HTTP's 403: of one object, or of the whole target; whoever
 * cannot tell the one from the other lets it hold the target.
 */
export class ForbiddenFailure extends HeldFailure {}

/** What we were given is damaged or wrong as a whole (a file, a configuration): nothing is done. */
export class InvalidFailure extends Failure {
  readonly recovery = 'invalid';
}
