import type { Outcome } from '../connector/sink.ts';
import type { FailureCode } from '../failure/catalogue.ts';
import type { Failure } from '../failure/failure.ts';
import type { Settlement } from '../store/message-store.ts';
import type { SinkLimits } from './delivery.ts';

/** What no target says of an object: it was not reached, or has no time. */
const SILENCE: ReadonlySet<FailureCode> = new Set([
  ...(['CONNECTION_LOST', 'CERTIFICATE_UNKNOWN', 'TIMEOUT', 'TARGET_BUSY'] as const),
]);

/** What may mean that the whole target is out, and not only this object. */
const OUTAGE: ReadonlySet<FailureCode> = new Set([
  ...SILENCE,
  ...(['TARGET_BROKEN', 'TARGET_ANSWER_UNREADABLE'] as const),
]);

/** So many calls in a row without an answer are an outage. */
const CALLS_OUT = 4;

/**
 * Tells an outage from a bad object. While every call fails in a way that could be the target's,
 * nobody's attempt is counted: the next call that is answered proves it was the objects, too many
 * in a row prove it was the target. So an outage is one incident and leaves no failures behind.
 */
export class Circuit {
  readonly #most: number;
  readonly #suspects = new Map<string, Settlement>();
  #isAnswered = false;
  #silence: Failure | null = null;
  #outage: Failure | null = null;

  /** `most`: more objects than this without an answer in between are an outage. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The circuit of a target that takes so many objects by one call, and so many calls at once. */
  static of({ batchSize, concurrency }: SinkLimits): Circuit {
    return new Circuit(batchSize * Math.max(CALLS_OUT, concurrency));
  }

  /** The failure that opened the circuit; null as long as it is closed. */
  get outage(): Failure | null {
    return this.#outage;
  }

  /** Takes one call's settlements; answers those that may be written now. */
  take(settlements: readonly Settlement[], outcomes: readonly Outcome[]): readonly Settlement[] {
    const failure = outageOf(outcomes);
    if (failure === null) {
      this.#isAnswered = true;
      return [...this.release(), ...settlements];
    }
    if (SILENCE.has(failure.code)) this.#silence ??= failure;
    for (const one of settlements) this.#suspects.set(one.message.id, one);
    if (this.#suspects.size > this.#most) this.#outage ??= failure;
    return [];
  }

  /**
   * The suspects, when there is nothing more to ask for now. Where nobody at all has answered, even
   * the few that there are prove that it is the target.
   */
  rest(): readonly Settlement[] {
    if (!this.#isAnswered && this.#suspects.size > 0) this.#outage ??= this.#silence;
    return this.release();
  }

  /** The suspects, where the circuit is closed: it was them after all. */
  release(): readonly Settlement[] {
    if (this.#outage !== null) return [];
    const suspects = [...this.#suspects.values()];
    this.#suspects.clear();
    return suspects;
  }
}

/** Whether a target that ends a run so before it was told anything is out. */
export function isOut({ code }: Failure): boolean {
  return OUTAGE.has(code);
}

/** The failure of a call of which every object failed as in an outage. */
function outageOf(outcomes: readonly Outcome[]): Failure | null {
  let first: Failure | null = null;
  for (const outcome of outcomes) {
    if (outcome.kind !== 'failed' || outcome.failure.recovery !== 'retry') return null;
    if (!OUTAGE.has(outcome.failure.code)) return null;
    first ??= outcome.failure;
  }
  return first;
}
