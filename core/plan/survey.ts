import type { Entity, EntityRef, JsonObject } from '../message/message.ts';
import type { CanonicalSchema, CanonicalSchemas } from '../schema/canonical.ts';
import type { EntityStore } from '../store/store.ts';
import { type Concealment, conceal, NOTHING_HIDDEN, ownersOf } from './conceal.ts';
import { rivalsOf } from './doubled.ts';
import { householdOf } from './household.ts';
import { inverseItems } from './inverse.ts';
import type { Lookup, ViewNeeds, Views } from './views.ts';

type Inverses = ReadonlyMap<string, readonly JsonObject[]>;

/**
 * Views for a whole plan: surveys the store once for who is protected and for the inverse relations
 * that are needed, then answers from memory. For single entities see point-views.ts.
 */
export async function surveyViews(
  entities: EntityStore,
  canonical: CanonicalSchemas,
  needs: ViewNeeds,
): Promise<Views> {
  const concealment =
    needs.protectedPersons === 'include'
      ? NOTHING_HIDDEN
      : await surveyProtected(entities, canonical);
  const inverses = await surveyInverses(entities, canonical, needs, concealment);
  const cache = new Map<string, Entity | undefined>();
  return {
    async of(kind, batch) {
      const schema = canonical.get(kind);
      if (schema === undefined) return batch.map(() => null);
      const relations = inverses.get(kind) ?? [];
      return batch.map((entity) => {
        const seen = conceal(entity, schema, concealment);
        return seen === null ? null : withInverses(seen, relations);
      });
    },
    unitOf: (kind, view) => canonical.get(kind)?.unitOf(view) ?? '',
    goesAtOnce: (kind, view) => canonical.get(kind)?.goesAtOnce(view) ?? false,
    rivals: (kind) => rivalsOf(entities, canonical, kind),
    goneAtOnce: (kind, ids) => entities.goneAtOnce(kind, ids),
    lookup: (references) => lookUp(entities, canonical, concealment, cache, references),
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
): Promise<ReadonlyMap<string, readonly (readonly [string, Inverses])[]>> {
  const found = new Map<string, (readonly [string, Inverses])[]>();
  for (const [kind, names] of needs.inverses) {
    for (const relation of canonical.get(kind)?.inverses ?? []) {
      if (!names.has(relation.name)) continue;
      const referring = canonical.get(relation.kind);
      if (referring === undefined) continue;
      const items = new Map<string, JsonObject[]>();
      for await (const batch of entities.scan(relation.kind)) {
        for (const { entity } of batch) {
          const seen = conceal(entity, referring, concealment);
          if (seen === null) continue;
          for (const { to, item } of inverseItems(seen, relation)) append(items, to, item);
        }
      }
      found.set(kind, [...(found.get(kind) ?? []), [relation.name, items]]);
    }
  }
  return found;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

function withInverses(entity: Entity, relations: readonly (readonly [string, Inverses])[]): Entity {
  if (relations.length === 0) return entity;
  const fields: Record<string, readonly JsonObject[]> = {};
  for (const [name, items] of relations) fields[name] = items.get(entity.id) ?? [];
  return { ...entity, ...fields };
}

/** Entities by kind and id; small kinds are soon all in the cache. */
async function lookUp(
  entities: EntityStore,
  canonical: CanonicalSchemas,
  concealment: Concealment,
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
    const schema = canonical.get(kind);
    for (const { entity } of await entities.get(kind, [...ids])) {
      cache.set(`${kind}/${entity.id}`, seenBy(entity, schema, concealment));
    }
  }
  return (kind, id) => cache.get(`${kind}/${id}`);
}

const MAX_CACHED = 50_000;

function seenBy(
  entity: Entity,
  schema: CanonicalSchema | undefined,
  concealment: Concealment,
): Entity | undefined {
  return schema === undefined ? undefined : (conceal(entity, schema, concealment) ?? undefined);
}
