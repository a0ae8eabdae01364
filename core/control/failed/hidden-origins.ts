import type { Message } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import { readConcealment } from '../../view/preloaded.ts';

/** Protected persons, and what is nothing without them: of these nobody learns the school. */
export class HiddenOrigins {
  readonly ids: readonly string[];
  readonly #byKind: ReadonlyMap<string, ReadonlySet<string>>;

  private constructor(byKind: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#byKind = byKind;
    this.ids = [...byKind.values()].flatMap((ids) => [...ids]);
  }

  /** As they are now: a message may have been planned before somebody was protected. */
  static async read({ store, workspace }: Engine): Promise<HiddenOrigins> {
    return new HiddenOrigins((await readConcealment(store.entities, workspace.canonical)).hidden);
  }

  /** The school unit of a message as it may be told; '' where none may, or none is known. */
  unitOf({ origin, unit = '' }: Pick<Message, 'origin' | 'unit'>): string {
    return this.#byKind.get(origin.kind)?.has(origin.id) === true ? '' : unit;
  }
}
