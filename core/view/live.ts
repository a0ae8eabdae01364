import type { Entity, EntityRef } from '../message/message.ts';
import type { CanonicalSchema, CanonicalSchemas, InverseRelation } from '../schema/canonical.ts';
import { type Concealment, conceal, hasOwners, NOTHING_HIDDEN, ownersOf } from './conceal.ts';
import { newMemory, viewsOver } from './entity-views.ts';
import { governed } from './governed.ts';
import { householdsOf } from './household.ts';
import { Inverses } from './inverse.ts';
import type { ViewedEntities, ViewNeeds, Views } from './views.ts';

/**
 * Views for a few entities at a time, always from what the store holds at that moment: for
 * delivery, where minutes may have passed since the plan, and for single changes.
 */
export function liveViews(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
  needs: ViewNeeds,
  today: () => string,
): Views {
  const isOpen = needs.protectedPersons === 'include';
  const concealment = async (schema: CanonicalSchema, batch: readonly Entity[]) =>
    isOpen ? NOTHING_HIDDEN : concealmentAround(entities, canonical, schema, batch);
  const reader = {
    concealment,
    inverses: async (kind: string, relation: InverseRelation, ids: readonly string[]) => {
      const referring = canonical.get(relation.kind);
      const inverses = new Inverses(relation, referring?.inForce ?? [], today());
      if (referring === undefined) return inverses;
      const batch = await referrersOf(entities, kind, ids, relation.kind);
      const hidden = await concealment(referring, batch);
      const seen = batch.map((entity) => conceal(entity, referring, hidden));
      const governing = { entities, schools: needs.schools, known: new Map() };
      for (const one of await governed(seen, referring, governing)) if (one) inverses.add(one);
      return inverses;
    },
    memory: newMemory,
  };
  return viewsOver({ reader, entities, canonical, needs, today });
}

/** Entities of a kind that refer to one of these, in ascending order of id. */
async function referrersOf(
  entities: ViewedEntities,
  kind: string,
  ids: readonly string[],
  from: string,
): Promise<readonly Entity[]> {
  const lists = await entities.referrers(ids.map((id) => ({ kind, id })));
  const referrers = new Set(lists.flat().flatMap((one) => (one.kind === from ? [one.id] : [])));
  const stored = await entities.get(from, [...referrers].sort());
  return stored.map(({ entity }) => entity);
}

/** Who of those around these entities is protected, or lives with one who is. */
async function concealmentAround(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
  schema: CanonicalSchema,
  batch: readonly Entity[],
): Promise<Concealment> {
  const persons = canonical.get('person');
  if (persons === undefined) return NOTHING_HIDDEN;
  const around = batch.flatMap((entity) => schema.referencesOf(entity));
  const owned = await ownedAmong(entities, canonical, around);
  const ids = new Set([
    ...around.flatMap((one) => (one.kind === 'person' ? [one.id] : [])),
    ...owned.flatMap(({ owners }) => owners),
  ]);
  const known = (await entities.get('person', [...ids])).map((one) => one.entity);
  if (schema.kind === 'person') known.push(...batch);
  const shielded = new Set(known.filter((one) => persons.isProtected(one)).map((one) => one.id));
  const hidden = new Map([['person', shielded]]);
  for (const { reference, owners } of owned) {
    if (!owners.some((owner) => shielded.has(owner))) continue;
    const { kind, id } = reference;
    hidden.set(kind, (hidden.get(kind) ?? new Set()).add(id));
  }
  const isPerson = schema.kind === 'person';
  return { hidden, households: isPerson ? await exposed(entities, persons, batch) : new Set() };
}

/** What among these is nothing without a person, and without whom. */
async function ownedAmong(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
  references: readonly EntityRef[],
): Promise<readonly { readonly reference: EntityRef; readonly owners: readonly string[] }[]> {
  const owned = [];
  for (const kind of new Set(references.map((one) => one.kind))) {
    const schema = canonical.get(kind);
    if (schema === undefined || !hasOwners(schema)) continue;
    const ids = new Set(references.flatMap((one) => (one.kind === kind ? [one.id] : [])));
    for (const { entity } of await entities.get(kind, [...ids])) {
      owned.push({ reference: { kind, id: entity.id }, owners: ownersOf(entity, schema) });
    }
  }
  return owned;
}

/** Those of the batch who live with a protected person. */
async function exposed(
  entities: ViewedEntities,
  persons: CanonicalSchema,
  batch: readonly Entity[],
): Promise<ReadonlySet<string>> {
  const households = await householdsOf(entities, batch);
  const around = new Set(households.flatMap((household) => [...household]));
  const members = (await entities.get('person', [...around])).map(({ entity }) => entity);
  const shielded = new Set(members.filter((one) => persons.isProtected(one)).map(({ id }) => id));
  const isExposed = (_one: Entity, at: number) =>
    households[at]?.isDisjointFrom(shielded) === false;
  return new Set(batch.filter(isExposed).map(({ id }) => id));
}
