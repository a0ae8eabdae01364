import { unitNames } from '../../guard/unit-names.ts';
import { type EntityRef, entityName } from '../../message/message.ts';
import type { CanonicalSchemas } from '../../schema/canonical.ts';
import type { StoredEntity } from '../../store/entity-store.ts';
import type { Part, PartRemoval } from '../../store/intake-store.ts';
import type { Store } from '../../store/store.ts';

const ORGANISATION = 'organisation';

/** To which school unit the kept parts of one source belong. */
export class Units {
  readonly #store: Store;
  readonly #canonical: CanonicalSchemas;
  readonly #module: string;

  constructor(store: Store, canonical: CanonicalSchemas, module: string) {
    this.#store = store;
    this.#canonical = canonical;
    this.#module = module;
  }

  /** The unit of each part, in order: that which it names itself, else its entity's; '' if none. */
  async of(parts: readonly PartRemoval[]): Promise<readonly string[]> {
    const stored = await this.#stored(parts.map(({ entity }) => entity));
    const units: string[] = [];
    for (const { entity, stream, part } of parts) {
      const kept = await this.#parts(entity);
      const own = kept.find((one) => one.stream === stream && one.part === part);
      units.push(this.#unitOf(entity, own, stored.get(entityName(entity))));
    }
    return units;
  }

  /** How many parts are kept of a unit, by stream: read through what refers to the unit. */
  async kept(unit: string): Promise<ReadonlyMap<string, number>> {
    const self = { kind: ORGANISATION, id: unit };
    const entities = [self, ...(await this.#store.entities.referrers([self])).flat()];
    const stored = await this.#stored(entities);
    const counts = new Map<string, number>();
    for (const entity of entities) {
      for (const part of await this.#parts(entity)) {
        if (this.#unitOf(entity, part, stored.get(entityName(entity))) !== unit) continue;
        counts.set(part.stream, (counts.get(part.stream) ?? 0) + 1);
      }
    }
    return counts;
  }

  /** The units of those who refer to an entity: a guardian's children, a teacher's duties. */
  async around(entity: EntityRef): Promise<readonly string[]> {
    const referrers = (await this.#store.entities.referrers([entity])).flat();
    const stored = await this.#stored(referrers);
    return referrers.map((one) => this.#unitOf(one, undefined, stored.get(entityName(one))));
  }

  async name(unit: string): Promise<string> {
    return (await unitNames(this.#store, [unit])).get(unit) ?? unit;
  }

  async #parts(entity: EntityRef): Promise<readonly Part[]> {
    const parts = await this.#store.entities.parts(entity);
    return parts.filter(({ source }) => source === this.#module);
  }

  #unitOf(entity: EntityRef, part: Part | undefined, stored: StoredEntity | undefined): string {
    const schema = this.#canonical.get(entity.kind);
    const named = part === undefined ? '' : schema?.unitOf({ ...part.content, id: entity.id });
    if (named !== undefined && named !== '') return named;
    return stored === undefined ? '' : (schema?.unitOf(stored.entity) ?? '');
  }

  async #stored(entities: readonly EntityRef[]): Promise<ReadonlyMap<string, StoredEntity>> {
    const found = new Map<string, StoredEntity>();
    for (const [kind, refs] of Map.groupBy(entities, (one) => one.kind)) {
      const ids = new Set(refs.map(({ id }) => id));
      for (const one of await this.#store.entities.get(kind, [...ids])) {
        found.set(entityName({ kind, id: one.entity.id }), one);
      }
    }
    return found;
  }
}
