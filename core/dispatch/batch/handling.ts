import type { ObjectSink } from '../../connector/sink.ts';
import type { Failure } from '../../failure/failure.ts';
import type { Target } from '../../flow/target.ts';
import type { Settlement } from '../../store/message-store.ts';
import type { Ambiguous } from '../ambiguous.ts';
import { Circuit } from '../circuit.ts';
import { count, type DeliveryContext, type DeliveryCounts, type SinkLimits } from '../delivery.ts';
import { Presence } from './presence.ts';

/** What handling the tickets of a delivery needs. Its signal fires also where it was stopped. */
export interface HandleContext extends DeliveryContext {
  readonly sink: ObjectSink;
  readonly ambiguous: Ambiguous;
  /** True: deliver without optional references that the target lacks, instead of waiting. */
  readonly lenient: () => boolean;
  /** Most operations of one call to the sink. */
  readonly batchSize: number;
  /** Ids of messages that a worker of this delivery has in hand. */
  readonly inHand: Set<string>;
  readonly onSettled: (settlements: readonly Settlement[]) => void;
  /** `<kind>/<key>` of what has met that the target lost what it had confirmed. */
  readonly onGone: (names: readonly string[]) => void;
  /** The target as a whole must wait for a person. */
  readonly onHold: (failure: Failure) => void;
  readonly presence: Presence;
  readonly circuit: Circuit;
  /** Nothing more is sent for now: the target is out, or a fault of ours has ended it. */
  readonly stop: (reason: unknown) => void;
}

/** Of what one delivery consists: `total` objects at most. */
interface Beginning extends Pick<HandleContext, 'sink' | 'ambiguous' | 'lenient'> {
  readonly limits: SinkLimits;
  readonly counts: DeliveryCounts;
  readonly total: number;
}

/** The handling of a delivery that begins: nothing is in hand, and the circuit is closed. */
export function handlingOf(
  target: Target,
  { sink, ambiguous, lenient, limits, counts, total }: Beginning,
  context: DeliveryContext,
): HandleContext {
  const stopped = new AbortController();
  const signal = AbortSignal.any([context.signal, stopped.signal]);
  return {
    ...context,
    ...{ sink, ambiguous, lenient, signal, batchSize: limits.batchSize, inHand: new Set() },
    circuit: Circuit.of(limits),
    presence: new Presence(sink, signal),
    onSettled: (settlements) => count(settlements, counts, target, total, context.onProgress),
    onGone: (names) => {
      for (const name of names) counts.gone.add(name);
    },
    onHold: (failure) => {
      counts.held ??= failure;
      stopped.abort(failure);
    },
    stop: (reason) => stopped.abort(reason),
  };
}
