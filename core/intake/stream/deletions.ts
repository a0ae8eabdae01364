import { type EntityRef, entityName } from '../../message/message.ts';
import type { Store } from '../../store/store.ts';

/** Whom a record of this run has deleted in so many words, and none has put back since. */
export class Deletions {
  readonly #deleted = new Map<string, EntityRef>();

  get isEmpty(): boolean {
    return this.#deleted.size === 0;
  }

  note(entity: EntityRef): void {
    this.#deleted.set(entityName(entity), entity);
  }

  takeBack(entity: EntityRef): void {
    if (this.#deleted.size > 0) this.#deleted.delete(entityName(entity));
  }

  /** They are not merely missing: no target keeps them for a grace. */
  keep({ entities }: Store): Promise<void> {
    return entities.markAtOnce([...this.#deleted.values()]);
  }
}
