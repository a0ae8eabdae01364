import { earlierOf } from '../message/dates.ts';
import type { Entity, JsonObject } from '../message/message.ts';
import type { CanonicalSchema, CanonicalSchemas, InverseRelation } from '../schema/canonical.ts';
import { withoutCircles } from './circles.ts';
import { type Concealment, conceal } from './conceal.ts';
import { rivalsOf } from './doubled.ts';
import { type Governors, governed } from './governed.ts';
import { inForce, restsOn, standing, untilOf } from './in-force.ts';
import type { Inverses } from './inverse.ts';
import type { ViewedEntities, ViewNeeds, Views } from './views.ts';

/** What views read around entities: once for all of them, or as the store holds it that moment. */
export interface ViewReader {
  /** Who around these entities of a kind must not be seen. */
  concealment(schema: CanonicalSchema, batch: readonly Entity[]): Promise<Concealment>;
  /** What refers to each of these of a kind in a relation; nothing of it that must not be seen. */
  inverses(kind: string, relation: InverseRelation, ids: readonly string[]): Promise<Inverses>;
  /** What was read before, and still stands. */
  memory(): Memory;
}

/** Several plans may read and write it side by side: nothing is noted before it is known. */
export interface Memory {
  /** Views by kind and id; undefined for who is not there, or not seen. */
  lookups: Map<string, Entity | undefined>;
  /** Where the references of chains lead; see circles.ts. */
  readonly steps: Map<string, string | null>;
  /** Who governs organisations. */
  readonly governors: Governors;
  /** What was seen of a batch, by its first entity: several plans are shown the same batch. */
  readonly batches: WeakMap<Entity, SeenBatch>;
}

/** Views of one batch of entities, in its order. */
interface SeenBatch {
  readonly batch: readonly Entity[];
  readonly views: Promise<Seen>;
  /** The same with inverse relations, by the names of these. */
  readonly related: Map<string, Promise<Seen>>;
}

type Seen = readonly (Entity | null)[];

export function newMemory(): Memory {
  return { lookups: new Map(), steps: new Map(), governors: new Map(), batches: new WeakMap() };
}

const MOST_REMEMBERED = 10_000;

/** What views are made of. */
export interface ViewWorld {
  readonly reader: ViewReader;
  readonly entities: ViewedEntities;
  readonly canonical: CanonicalSchemas;
  readonly needs: ViewNeeds;
  readonly today: () => string;
}

/** The views of a world; what they promise stands in `see`. */
export function viewsOver(world: ViewWorld): Views {
  const { reader, entities, canonical, needs } = world;
  return {
    of(kind, batch) {
      const seen = seenBatch(world, kind, batch, reader.memory());
      const names = needs.inverses.get(kind) ?? new Set();
      const relations = canonical.get(kind)?.inverses.filter(({ name }) => names.has(name)) ?? [];
      if (relations.length === 0) return seen.views;
      const name = relations.map((one) => one.name).join(' ');
      const known = seen.related.get(name) ?? relate(reader, kind, seen, relations);
      seen.related.set(name, known);
      return known;
    },
    unitOf: (kind, view) => canonical.get(kind)?.unitOf(view) ?? '',
    goesAtOnce: (kind, view) => canonical.get(kind)?.goesAtOnce(view) ?? false,
    rivals: (kind) => rivalsOf(entities, canonical, kind),
    goneAtOnce: (kind, ids) => entities.goneAtOnce(kind, ids),
    async lookup(references) {
      const memory = reader.memory();
      if (memory.lookups.size > MOST_REMEMBERED) memory.lookups = new Map();
      const { lookups } = memory;
      const missing = new Map<string, Set<string>>();
      for (const { kind, id } of references) {
        if (lookups.has(`${kind}/${id}`)) continue;
        missing.set(kind, (missing.get(kind) ?? new Set()).add(id));
      }
      for (const [kind, ids] of missing) {
        const stored = await entities.get(kind, [...ids]);
        const found = stored.map(({ entity }) => entity);
        const seen = await see(world, kind, found, memory);
        const views = new Map(seen.flatMap((view) => (view === null ? [] : [[view.id, view]])));
        for (const id of ids) lookups.set(`${kind}/${id}`, views.get(id));
      }
      return (kind, id) => restsOn(lookups.get(`${kind}/${id}`));
    },
  };
}

/** The views of a batch, made when they are asked for first. */
function seenBatch(
  world: ViewWorld,
  kind: string,
  batch: readonly Entity[],
  memory: Memory,
): SeenBatch {
  const [first] = batch;
  const known = first === undefined ? undefined : memory.batches.get(first);
  if (known !== undefined && isSame(known.batch, batch)) return known;
  const seen = { batch, views: see(world, kind, batch, memory), related: new Map() };
  if (first !== undefined) memory.batches.set(first, seen);
  return seen;
}

function isSame(one: readonly Entity[], other: readonly Entity[]): boolean {
  return one.length === other.length && one.every((entity, at) => entity === other[at]);
}

async function relate(
  reader: ViewReader,
  kind: string,
  { views }: SeenBatch,
  relations: readonly InverseRelation[],
): Promise<Seen> {
  const seen = await views;
  const ids = seen.flatMap((view) => view?.id ?? []);
  const inverses = new Map<string, Inverses>();
  for (const one of relations) inverses.set(one.name, await reader.inverses(kind, one, ids));
  return seen.map((view) => (view === null ? null : withInverses(view, inverses)));
}

/**
 * The promise that protects: whatever is read, and whenever, an entity is seen by these lines.
 * Without its inverse relations.
 */
async function see(
  { reader, entities, canonical, needs, today }: ViewWorld,
  kind: string,
  batch: readonly Entity[],
  { steps, governors }: Memory,
): Promise<Seen> {
  const schema = canonical.get(kind);
  if (schema === undefined) return batch.map(() => null);
  const concealment = await reader.concealment(schema, batch);
  const views: (Entity | null)[] = [];
  for (const entity of batch) {
    const seen = conceal(entity, schema, concealment);
    const rest = seen && (await withoutCircles(seen, schema, entities, steps));
    views.push(rest);
  }
  const governing = { entities, schools: needs.schools, known: governors };
  const rest = await governed(views, schema, governing);
  return rest.map((view) => view && inForce(view, schema.inForce, today()));
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
