import type { Shown } from '../mapping/shown/shown.ts';
import type { Entity } from '../message/message.ts';
import type { CanonicalSchemas, InverseRelation } from '../schema/canonical.ts';
import { type Concealment, conceal, hasOwners, NOTHING_HIDDEN, ownersOf } from './conceal.ts';
import { newMemory, viewsOver } from './entity-views.ts';
import { householdsOf } from './household.ts';
import { Inverses } from './inverse.ts';
import type { ViewedEntities, ViewNeeds, Views } from './views.ts';

/**
 * Views for a whole plan: who is protected and the inverse relations that are needed are read once,
 * and all answers are from memory, as of that day. For single entities see live.ts.
 */
export async function preloadedViews(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
  needs: ViewNeeds,
  today: string,
): Promise<Views> {
  const isOpen = needs.protectedPersons === 'include';
  const concealment = isOpen ? NOTHING_HIDDEN : await readConcealment(entities, canonical);
  const inverses = new Map<InverseRelation, Inverses>();
  for (const [kind, names] of needs.inverses) {
    for (const relation of canonical.get(kind)?.inverses ?? []) {
      if (!names.has(relation.name)) continue;
      const shown = needs.shownOf?.(kind, relation.name) ?? true;
      const read = readInverses(entities, canonical, relation, concealment, today, shown);
      inverses.set(relation, await read);
    }
  }
  const memory = newMemory();
  const reader = {
    concealment: async () => concealment,
    inverses: async (_kind: string, relation: InverseRelation) =>
      inverses.get(relation) ?? new Inverses(relation, [], today),
    memory: () => memory,
  };
  return viewsOver({ reader, entities, canonical, needs, today: () => today });
}

/** Everybody whom the schema calls protected, what is nothing without them, and their homes. */
export async function readConcealment(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
): Promise<Concealment> {
  const persons = canonical.get('person');
  if (persons === undefined) return NOTHING_HIDDEN;
  const shielded = (await entities.protected('person')).map((one) => one.entity);
  const protectedOnes = shielded.filter((entity) => persons.isProtected(entity));
  const hidden = await readOwned(entities, canonical, protectedOnes);
  hidden.set('person', new Set(protectedOnes.map((entity) => entity.id)));
  const households = await householdsOf(entities, protectedOnes);
  return { hidden, households: new Set(households.flatMap((one) => [...one])) };
}

/** What is nothing without one of these persons: ids by kind. */
async function readOwned(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
  owners: readonly Entity[],
): Promise<Map<string, Set<string>>> {
  const owned = new Map<string, Set<string>>();
  const persons = new Set(owners.map(({ id }) => id));
  const referrers = await entities.referrers(owners.map(({ id }) => ({ kind: 'person', id })));
  for (const [kind, own] of Map.groupBy(referrers.flat(), (one) => one.kind)) {
    const schema = canonical.get(kind);
    if (schema === undefined || !hasOwners(schema)) continue;
    const ids = new Set(own.map(({ id }) => id));
    for (const { entity } of await entities.get(kind, [...ids])) {
      if (!ownersOf(entity, schema).some((id) => persons.has(id))) continue;
      owned.set(kind, (owned.get(kind) ?? new Set()).add(entity.id));
    }
  }
  return owned;
}

async function readInverses(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
  relation: InverseRelation,
  concealment: Concealment,
  today: string,
  shown: Shown,
): Promise<Inverses> {
  const referring = canonical.get(relation.kind);
  const inverses = new Inverses(relation, referring?.inForce ?? [], today, shown);
  if (referring === undefined) return inverses;
  for await (const batch of entities.scan(relation.kind)) {
    for (const { entity } of batch) {
      const seen = conceal(entity, referring, concealment);
      if (seen !== null) inverses.add(seen);
    }
  }
  return inverses;
}
