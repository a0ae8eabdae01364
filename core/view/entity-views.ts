import { earlierOf } from '../message/dates.ts';
import type { Entity, EntityRef, JsonObject } from '../message/message.ts';
import type { CanonicalSchema, CanonicalSchemas, InverseRelation } from '../schema/canonical.ts';
import { withoutCircles } from './circles.ts';
import { type Concealment, conceal } from './conceal.ts';
import { rivalsOf } from './doubled.ts';
import { inForce, restsOn, standing, untilOf } from './in-force.ts';
import type { Inverses } from './inverse.ts';
import type { Lookup, Rivals, ViewedEntities, ViewNeeds, Views } from './views.ts';

/** What views read around entities: once for all of them, or as the store holds it that moment. */
export interface ViewReader {
  /** Who around these entities of a kind must not be seen. */
  concealment(schema: CanonicalSchema, batch: readonly Entity[]): Promise<Concealment>;
  /** What refers to each of these of a kind in a relation; nothing of it that must not be seen. */
  inverses(kind: string, relation: InverseRelation, ids: readonly string[]): Promise<Inverses>;
  /** What was read before, and still stands. */
  memory(): Memory;
}

export interface Memory {
  /** Views by kind and id; undefined for who is not there, or not seen. */
  readonly lookups: Map<string, Entity | undefined>;
  /** Where the references of chains lead; see circles.ts. */
  readonly steps: Map<string, string | null>;
}

export function newMemory(): Memory {
  return { lookups: new Map(), steps: new Map() };
}

const MOST_REMEMBERED = 50_000;

/** The promise that protects: whatever is read, and whenever, an entity is seen by these lines. */
export class EntityViews implements Views {
  readonly #reader: ViewReader;
  readonly #entities: ViewedEntities;
  readonly #canonical: CanonicalSchemas;
  readonly #needs: ViewNeeds;
  readonly #today: () => string;

  constructor(
    reader: ViewReader,
    entities: ViewedEntities,
    canonical: CanonicalSchemas,
    needs: ViewNeeds,
    today: () => string,
  ) {
    this.#reader = reader;
    this.#entities = entities;
    this.#canonical = canonical;
    this.#needs = needs;
    this.#today = today;
  }

  async of(kind: string, batch: readonly Entity[]): Promise<readonly (Entity | null)[]> {
    const seen = await this.#see(kind, batch, this.#reader.memory());
    const names = this.#needs.inverses.get(kind) ?? new Set();
    const relations = this.#canonical.get(kind)?.inverses.filter(({ name }) => names.has(name));
    if (relations === undefined || relations.length === 0) return seen;
    const ids = seen.flatMap((view) => view?.id ?? []);
    const inverses = new Map<string, Inverses>();
    for (const one of relations)
      inverses.set(one.name, await this.#reader.inverses(kind, one, ids));
    return seen.map((view) => (view === null ? null : withInverses(view, inverses)));
  }

  unitOf(kind: string, view: Entity): string {
    return this.#canonical.get(kind)?.unitOf(view) ?? '';
  }

  goesAtOnce(kind: string, view: Entity): boolean {
    return this.#canonical.get(kind)?.goesAtOnce(view) ?? false;
  }

  rivals(kind: string): Promise<readonly Rivals[]> {
    return rivalsOf(this.#entities, this.#canonical, kind);
  }

  goneAtOnce(kind: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
    return this.#entities.goneAtOnce(kind, ids);
  }

  async lookup(references: readonly EntityRef[]): Promise<Lookup> {
    const memory = this.#reader.memory();
    const { lookups } = memory;
    if (lookups.size > MOST_REMEMBERED) lookups.clear();
    const missing = new Map<string, Set<string>>();
    for (const { kind, id } of references) {
      if (lookups.has(`${kind}/${id}`)) continue;
      lookups.set(`${kind}/${id}`, undefined);
      missing.set(kind, (missing.get(kind) ?? new Set()).add(id));
    }
    for (const [kind, ids] of missing) {
      const stored = await this.#entities.get(kind, [...ids]);
      const entities = stored.map(({ entity }) => entity);
      for (const view of await this.#see(kind, entities, memory)) {
        if (view !== null) lookups.set(`${kind}/${view.id}`, view);
      }
    }
    return (kind, id) => restsOn(lookups.get(`${kind}/${id}`));
  }

  /** Without its inverse relations. */
  async #see(
    kind: string,
    batch: readonly Entity[],
    { steps }: Memory,
  ): Promise<readonly (Entity | null)[]> {
    const schema = this.#canonical.get(kind);
    if (schema === undefined) return batch.map(() => null);
    const concealment = await this.#reader.concealment(schema, batch);
    const views: (Entity | null)[] = [];
    for (const entity of batch) {
      const seen = conceal(entity, schema, concealment);
      const rest = seen && (await withoutCircles(seen, schema, this.#entities, steps));
      views.push(rest && inForce(rest, schema.inForce, this.#today()));
    }
    return views;
  }
}

function withInverses(entity: Entity, inverses: ReadonlyMap<string, Inverses>): Entity {
  const fields: Record<string, readonly JsonObject[]> = {};
  let until = untilOf(entity);
  for (const [name, ofAll] of inverses) {
    const own = ofAll.of(entity.id);
    fields[name] = own.items;
    until = earlierOf(until, own.until);
  }
  return standing({ ...entity, ...fields }, until);
}
