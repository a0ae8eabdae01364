import type { ObjectSink } from '../../connector/sink.ts';
import type { Failure } from '../../failure/failure.ts';
import type { Settlement } from '../../store/message-store.ts';
import type { Ambiguous } from '../ambiguous.ts';
import type { Circuit } from '../circuit.ts';
import type { DeliveryContext } from '../delivery.ts';
import type { Presence } from './presence.ts';

/** What handling the tickets of a delivery needs. Its signal fires also where the target is out. */
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
  /** The target as a whole must wait for a person. */
  readonly onHold: (failure: Failure) => void;
  readonly presence: Presence;
  readonly circuit: Circuit;
  /** The target is out: nothing more is sent for now. */
  readonly onOutage: (failure: Failure) => void;
}
