import assert from 'node:assert/strict';
import { type Shown, shownByEither } from '../mapping/shown/shown.ts';
import type { Entity } from '../message/message.ts';
import type { CanonicalSchemas, InverseRelation } from '../schema/canonical.ts';
import { type Concealment, conceal, hasOwners, NOTHING_HIDDEN, ownersOf } from './conceal.ts';
import { newMemory, type ViewReader, viewsOver } from './entity-views.ts';
import { type Governing, governed } from './governed.ts';
import { householdsOf } from './household.ts';
import { Inverses } from './inverse.ts';
import type { ViewedEntities, ViewNeeds, Views } from './views.ts';

/**
 * Views for whole plans, by the needs of each: who is protected and the inverse relations that are
 * needed are read once, and all answers are from memory, as of that day. For single entities see
 * live.ts. What is read is shared by those alone who may see the same persons, of the same school
 * units; each is shown the inverse relations that it needs, and of an item in them what any of them
 * reads.
 */
export async function preloadedTogether(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
  plans: readonly ViewNeeds[],
  today: string,
): Promise<(needs: ViewNeeds) => Views> {
  const readers = new Map<ViewNeeds, ViewReader>();
  const seeing = Map.groupBy(plans, (one) => `${one.protectedPersons} ${one.schools}`);
  for (const alike of seeing.values()) {
    const reader = await readerFor(entities, canonical, alike, today);
    for (const needs of alike) readers.set(needs, reader);
  }
  return (needs) => {
    const reader = readers.get(needs);
    // Of whoever was not thought of, nobody has asked what is needed and what may be seen.
    assert.ok(reader !== undefined);
    return viewsOver({ reader, entities, canonical, needs, today: () => today });
  };
}

/** Of plans that may see the same. */
async function readerFor(
  entities: ViewedEntities,
  canonical: CanonicalSchemas,
  alike: readonly ViewNeeds[],
  today: string,
): Promise<ViewReader> {
  const isOpen = alike.every((one) => one.protectedPersons === 'include');
  const concealment = isOpen ? NOTHING_HIDDEN : await readConcealment(entities, canonical);
  const memory = newMemory();
  const schools = alike[0]?.schools ?? 'ours';
  const governing = { entities, schools, known: memory.governors };
  const inverses = await readInverses(canonical, alike, concealment, governing, today);
  return {
    concealment: async () => concealment,
    inverses: async (_kind, relation) =>
      inverses.get(relation) ?? new Inverses(relation, [], today),
    memory: () => memory,
  };
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

/** The inverse relations that any of these plans needs: each kind that refers is read once. */
async function readInverses(
  canonical: CanonicalSchemas,
  plans: readonly ViewNeeds[],
  concealment: Concealment,
  governing: Governing & { readonly entities: ViewedEntities },
  today: string,
): Promise<ReadonlyMap<InverseRelation, Inverses>> {
  const inverses = new Map<InverseRelation, Inverses>();
  for (const kind of canonical.kinds) {
    for (const relation of canonical.get(kind)?.inverses ?? []) {
      const readers = plans.filter((one) => one.inverses.get(kind)?.has(relation.name) === true);
      if (readers.length === 0) continue;
      const shown = readers
        .map(({ shownOf }) => shownOf?.(kind, relation.name) ?? true)
        .reduce<Shown>(shownByEither, new Map());
      const rules = canonical.get(relation.kind)?.inForce ?? [];
      inverses.set(relation, new Inverses(relation, rules, today, shown));
    }
  }
  for (const referring of new Set([...inverses.keys()].map(({ kind }) => kind))) {
    const schema = canonical.get(referring);
    if (schema === undefined) continue;
    const own = [...inverses].flatMap(([{ kind }, one]) => (kind === referring ? [one] : []));
    for await (const batch of governing.entities.scan(referring)) {
      const shown = batch.map(({ entity }) => conceal(entity, schema, concealment));
      for (const seen of await governed(shown, schema, governing)) {
        if (seen !== null) for (const one of own) one.add(seen);
      }
    }
  }
  return inverses;
}
