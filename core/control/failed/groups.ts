import type { Message } from '../../message/message.ts';
import type { Engine } from '../../run/engine.ts';
import { placeNameOf } from '../../store/shared/open-message.ts';
import { readConcealment } from '../../view/preloaded.ts';
import type { GroupRequest } from './requests.ts';

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

/** Whether a message of a target and code is one of those that a request is about. */
export async function groupFilter(
  engine: Engine,
  {
    objectKind,
    unit,
    run,
    place,
    until = Number.MAX_SAFE_INTEGER,
  }: Pick<GroupRequest, 'objectKind' | 'unit' | 'run' | 'place' | 'until'>,
): Promise<(message: Message) => boolean> {
  const hidden = unit === undefined ? null : await HiddenOrigins.read(engine);
  return (message) => {
    const { file, field } = placeNameOf(message.problem);
    const isOfKind = objectKind === undefined || message.objectKind === objectKind;
    const isOfUnit = hidden === null || hidden.unitOf(message) === unit;
    const isOfRun = run === undefined || message.run === run;
    const isThere = place === undefined || (place.file === file && place.field === field);
    return isOfKind && isOfUnit && isOfRun && isThere && message.updatedAt <= until;
  };
}
