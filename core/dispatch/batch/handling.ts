import type { ObjectSink } from '../../connector/connector.ts';
import type { Failure } from '../../failure/failure.ts';
import type { Settlement } from '../../store/message-store.ts';
import type { Store } from '../../store/store.ts';
import type { Views } from '../../view/views.ts';
import type { Circuit } from '../circuit.ts';
import type { Undecided } from '../undecided.ts';

/** What handling the tickets of one delivery needs. */
export interface HandleSurroundings {
  readonly store: Store;
  readonly views: Views;
  readonly sink: ObjectSink;
  readonly today: () => string;
  readonly withheld: ReadonlySet<string>;
  readonly undecided: Undecided;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly lenient: () => boolean;
  /** Most operations of one call to the sink. */
  readonly batchSize: number;
  readonly onSettled: (settlements: readonly Settlement[]) => void;
  /** The target as a whole must wait for a person. */
  readonly onHold: (failure: Failure) => void;
  readonly circuit: Circuit;
  /** The target is out: nothing more is sent for now. */
  readonly onOutage: (failure: Failure) => void;
}
