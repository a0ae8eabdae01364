import type { RecordBatch } from '../../connector/connector.ts';
import type { Place, Problem } from '../../message/message.ts';

/** So many of the places of bad records are named. */
export const EXAMPLES = 5;

/** What one run has seen of a stream. */
export interface StreamState {
  readonly mode: RecordBatch['mode'];
  /** Its last batch has come. */
  ended: boolean;
  parts: number;
  /** Bad records of which not even the id could be read: how many, and where some of them stand. */
  unidentified: number;
  readonly nobodyAt: Place[];
  /** Where bad records stand that are one of many of an entity, by its id, and none knows which. */
  readonly unsure: Map<string, Place[]>;
}

/** What one run has seen, stream by stream. */
export class StreamStates {
  readonly #streams = new Map<string, StreamState>();

  of({ stream, mode }: Pick<RecordBatch, 'stream' | 'mode'>): StreamState {
    const known = this.#streams.get(stream);
    const nothing = { parts: 0, unidentified: 0, nobodyAt: [], unsure: new Map() };
    const state = known ?? { mode, ended: false, ...nothing };
    this.#streams.set(stream, state);
    return state;
  }

  get hasFull(): boolean {
    return [...this.#streams.values()].some(({ mode }) => mode === 'full');
  }

  /** Whether a whole set of a stream has begun. */
  readonly isWhole = (stream: string): boolean => this.#streams.get(stream)?.mode === 'full';

  /** Full streams that came to their end. */
  full(): ReadonlyMap<string, StreamState> {
    return new Map([...this.#streams].filter(([, state]) => state.mode === 'full' && state.ended));
  }

  unfinished(): readonly string[] {
    return [...this.#streams].filter(([, state]) => !state.ended).map(([stream]) => stream);
  }
}

/** A bad record names nobody. */
export function noteNobody(state: StreamState, { place }: Problem): void {
  state.unidentified += 1;
  if (place !== null && state.nobodyAt.length < EXAMPLES) state.nobodyAt.push(place);
}

/** A bad record is one of those that speak of the entity of this id, and none knows which. */
export function noteUnsure({ unsure }: StreamState, id: string, { place }: Problem): void {
  const places = unsure.get(id) ?? [];
  unsure.set(id, place === null ? places : [...places, place]);
}
