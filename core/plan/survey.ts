import { earlierOf, FOREVER } from '../message/dates.ts';
import type { Entity, EntityRef, JsonObject } from '../message/message.ts';
import type { CanonicalSchema, CanonicalSchemas } from '../schema/canonical.ts';
import type { EntityStore } from '../store/store.ts';
import { withoutCircles } from './circles.ts';
import { type Concealment, conceal, NOTHING_HIDDEN, ownersOf } from './conceal.ts';
import { rivalsOf } from './doubled.ts';
import { householdOf } from './household.ts';
import { inForce, restsOn, standing, untilOf } from './in-force.ts';
import { inverseItems } from './inverse.ts';
import type { Lookup, ViewNeeds, Views } from './views.ts';

/** One inverse relation: what each entity is shown in it, and until when. */
interface Inverse {
  readonly name: string;
  readonly items: ReadonlyMap<string, readonly JsonObject[]>;
  readonly untils: ReadonlyMap<string, string>;
}

type Inverses = ReadonlyMap<string, readonly Inverse[]>;

/**
 * Views for a whole plan: surveys the store once for who is protected and for the inverse relations
 * that are needed, then answers from memory as of that day. For single entities see point-views.ts.
 */
export async function surveyViews(
  entities: EntityStore,
  canonical: CanonicalSchemas,
  needs: ViewNeeds,
  today: string,
): Promise<Views> {
  const concealment =
    needs.protectedPersons === 'include'
      ? NOTHING_HIDDEN
      : await surveyProtected(entities, canonical);
  const inverses = await surveyInverses(entities, canonical, needs, concealment, today);
  const cache = new Map<string, Entity | undefined>();
  const steps = new Map<string, string | null>();
  const see = async (schema: CanonicalSchema | undefined, entity: Entity) => {
    const seen = schema === undefined ? null : conceal(entity, schema, concealment);
    if (schema === undefined || seen === null) return null;
    return inForce(await withoutCircles(seen, schema, entities, steps), schema.inForce, today);
  };
  const lookUpOne = async (kind: string, entity: Entity) =>
    (await see(canonical.get(kind), entity)) ?? undefined;
  return {
    async of(kind, batch) {
      const schema = canonical.get(kind);
      const relations = inverses.get(kind) ?? [];
      const views: (Entity | null)[] = [];
      for (const entity of batch) {
        const seen = await see(schema, entity);
        views.push(seen === null ? null : withInverses(seen, relations));
      }
      return views;
    },
    unitOf: (kind, view) => canonical.get(kind)?.unitOf(view) ?? '',
    goesAtOnce: (kind, view) => canonical.get(kind)?.goesAtOnce(view) ?? false,
    rivals: (kind) => rivalsOf(entities, canonical, kind),
    goneAtOnce: (kind, ids) => entities.goneAtOnce(kind, ids),
    lookup: (references) => lookUp(entities, lookUpOne, cache, references),
  };
}

/** Everybody whom the schema calls protected, what is nothing without them, and their homes. */
export async function surveyProtected(
  entities: EntityStore,
  canonical: CanonicalSchemas,
): Promise<Concealment> {
  const persons = canonical.get('person');
  if (persons === undefined) return NOTHING_HIDDEN;
  const shielded = (await entities.shielded('person')).map((one) => one.entity);
  const protectedOnes = shielded.filter((entity) => persons.isProtected(entity));
  const hidden = await surveyOwned(entities, canonical, protectedOnes);
  hidden.set('person', new Set(protectedOnes.map((entity) => entity.id)));
  return { hidden, households: await householdOf(entities, protectedOnes) };
}

/** What is nothing without one of these persons: ids by kind. */
async function surveyOwned(
  entities: EntityStore,
  canonical: CanonicalSchemas,
  owners: readonly Entity[],
): Promise<Map<string, Set<string>>> {
  const owned = new Map<string, Set<string>>();
  for (const { id } of owners) {
    for (const referrer of await entities.referrers({ kind: 'person', id })) {
      const schema = canonical.get(referrer.kind);
      const [stored] = await entities.get(referrer.kind, [referrer.id]);
      if (schema === undefined || stored === undefined) continue;
      if (!ownersOf(stored.entity, schema).includes(id)) continue;
      owned.set(referrer.kind, (owned.get(referrer.kind) ?? new Set()).add(referrer.id));
    }
  }
  return owned;
}

async function surveyInverses(
  entities: EntityStore,
  canonical: CanonicalSchemas,
  needs: ViewNeeds,
  concealment: Concealment,
  today: string,
): Promise<Inverses> {
  const found = new Map<string, Inverse[]>();
  for (const [kind, names] of needs.inverses) {
    for (const relation of canonical.get(kind)?.inverses ?? []) {
      if (!names.has(relation.name)) continue;
      const referring = canonical.get(relation.kind);
      if (referring === undefined) continue;
      const items = new Map<string, JsonObject[]>();
      const untils = new Map<string, string>();
      for await (const batch of entities.scan(relation.kind)) {
        for (const { entity } of batch) {
          const seen = conceal(entity, referring, concealment);
          if (seen === null) continue;
          for (const one of inverseItems(seen, relation, referring.inForce, today)) {
            if (one.item !== null) append(items, one.to, one.item);
            if (one.until < FOREVER) untils.set(one.to, soonest(one.until, untils.get(one.to)));
          }
        }
      }
      found.set(kind, [...(found.get(kind) ?? []), { name: relation.name, items, untils }]);
    }
  }
  return found;
}

function soonest(until: string, known = FOREVER): string {
  return earlierOf(until, known);
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function withInverses(entity: Entity, relations: readonly Inverse[]): Entity {
  if (relations.length === 0) return entity;
  const fields: Record<string, readonly JsonObject[]> = {};
  let until = untilOf(entity);
  for (const { name, items, untils } of relations) {
    fields[name] = items.get(entity.id) ?? [];
    until = soonest(until, untils.get(entity.id));
  }
  return standing({ ...entity, ...fields }, until);
}

/** Entities by kind and id; small kinds are soon all in the cache. */
async function lookUp(
  entities: EntityStore,
  see: (kind: string, entity: Entity) => Promise<Entity | undefined>,
  cache: Map<string, Entity | undefined>,
  references: readonly EntityRef[],
): Promise<Lookup> {
  if (cache.size > MAX_CACHED) cache.clear();
  const missing = new Map<string, Set<string>>();
  for (const { kind, id } of references) {
    if (cache.has(`${kind}/${id}`)) continue;
    missing.set(kind, (missing.get(kind) ?? new Set()).add(id));
  }
  for (const [kind, ids] of missing) {
    for (const id of ids) cache.set(`${kind}/${id}`, undefined);
    for (const { entity } of await entities.get(kind, [...ids])) {
      cache.set(`${kind}/${entity.id}`, await see(kind, entity));
    }
  }
  return (kind, id) => restsOn(cache.get(`${kind}/${id}`));
}

const MAX_CACHED = 50_000;
