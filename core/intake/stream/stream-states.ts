import type { RecordBatch } from '../../connector/connector.ts';
import type { Place, Problem } from '../../message/message.ts';
import type { Store } from '../../store/store.ts';
import type { IntakeTask } from '../intake-task.ts';

/** So many of the places of bad records are named. */
export const EXAMPLES = 5;

/** What one run has seen of a stream. */
export interface StreamState {
  readonly mode: RecordBatch['mode'];
  /** Its last batch has come. */
  ended: boolean;
  parts: number;
  /** No mapping of the module reads it: it is of another binding, or its mapping has gone. */
  readonly isUnread: boolean;
  /** Bad records of which not even the id could be read: how many, and where some of them stand. */
  unidentified: number;
  readonly nobodyAt: Place[];
  /** Where bad records stand that are one of many of an entity, by its id, and none knows which. */
  readonly unsure: Map<string, Place[]>;
}

const NOTHING = { ended: false, parts: 0, isUnread: false, unidentified: 0 };

/** What one run has seen, stream by stream. */
export class StreamStates {
  readonly #streams = new Map<string, StreamState>();

  of({ stream, mode }: Pick<RecordBatch, 'stream' | 'mode'>): StreamState {
    const known = this.#streams.get(stream);
    const state = known ?? { ...NOTHING, mode, nobodyAt: [], unsure: new Map() };
    this.#streams.set(stream, state);
    return state;
  }

  /**
   * Where a whole set has come, streams of which parts are kept and that nothing reads any more are
   * whole too, and empty: another binding's words must not stand beside those of this one.
   */
  async endUnread({ module, mappings }: IntakeTask, { intake }: Store): Promise<void> {
    if (this.full().size === 0) return;
    const read = new Set(mappings.map(({ from }) => from.stream));
    for (const stream of Object.keys(await intake.countParts(module))) {
      if (read.has(stream)) continue;
      const ended = { ...NOTHING, mode: 'full', ended: true, isUnread: true } as const;
      this.#streams.set(stream, { ...ended, nobodyAt: [], unsure: new Map() });
    }
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
