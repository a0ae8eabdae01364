import type { Entity, JsonObject } from '../message/message.ts';
import type { CanonicalSchema, CanonicalSchemas } from '../schema/canonical.ts';
import type { EntityStore } from '../store/store.ts';
import { type Concealment, conceal } from './conceal.ts';
import { householdOf } from './household.ts';
import { inverseItems } from './inverse.ts';
import type { Lookup, ViewNeeds, Views } from './views.ts';

/**
 * Views for a few entities at a time, always from what the store holds at that moment: for delivery,
 * where minutes may have passed since the plan, and for single changes.
 */
export function pointViews(
  entities: EntityStore,
  canonical: CanonicalSchemas,
  needs: ViewNeeds,
): Views {
  const excludes = needs.protectedPersons === 'exclude';
  const concealmentOf = (batch: readonly Entity[], schema: CanonicalSchema) =>
    excludes ? concealmentAround(entities, canonical, schema, batch) : Promise.resolve(NOBODY);

  async function see(kind: string, batch: readonly Entity[]): Promise<readonly (Entity | null)[]> {
    const schema = canonical.get(kind);
    if (schema === undefined) return batch.map(() => null);
    const concealment = await concealmentOf(batch, schema);
    return batch.map((entity) => conceal(entity, schema, concealment));
  }

  async function withInverses(kind: string, entity: Entity): Promise<Entity> {
    const fields: Record<string, JsonObject[]> = {};
    const names = needs.inverses.get(kind);
    for (const relation of canonical.get(kind)?.inverses ?? []) {
      if (names?.has(relation.name) !== true) continue;
      const referrers = await entities.referrers({ kind, id: entity.id });
      const ids = referrers.filter((one) => one.kind === relation.kind).map((one) => one.id);
      const stored = await entities.get(relation.kind, [...ids].sort());
      const seen = await see(
        relation.kind,
        stored.map((one) => one.entity),
      );
      fields[relation.name] = seen.flatMap((one) =>
        one === null
          ? []
          : inverseItems(one, relation).flatMap(({ to, item }) => (to === entity.id ? [item] : [])),
      );
    }
    return { ...entity, ...fields };
  }

  return {
    async of(kind, batch) {
      const seen = await see(kind, batch);
      return Promise.all(seen.map((one) => (one === null ? null : withInverses(kind, one))));
    },
    async lookup(references): Promise<Lookup> {
      const found = new Map<string, Entity>();
      for (const kind of new Set(references.map((reference) => reference.kind))) {
        const ids = references.flatMap((one) => (one.kind === kind ? [one.id] : []));
        const stored = await entities.get(kind, [...new Set(ids)]);
        const seen = await see(
          kind,
          stored.map((one) => one.entity),
        );
        for (const one of seen) if (one !== null) found.set(`${kind}/${one.id}`, one);
      }
      return (kind, id) => found.get(`${kind}/${id}`);
    },
  };
}

const NOBODY: Concealment = { isProtected: () => false, isHousehold: () => false };

/** Who of those around these entities is protected, or lives with one who is. */
async function concealmentAround(
  entities: EntityStore,
  canonical: CanonicalSchemas,
  schema: CanonicalSchema,
  batch: readonly Entity[],
): Promise<Concealment> {
  const persons = canonical.get('person');
  if (persons === undefined) return NOBODY;
  const isPerson = schema.kind === 'person';
  const around = new Set(
    batch.flatMap((entity) =>
      schema.referencesOf(entity).flatMap((one) => (one.kind === 'person' ? [one.id] : [])),
    ),
  );
  const stored = await entities.get('person', [...around]);
  const hidden = new Set<string>();
  for (const { entity } of stored) if (persons.isProtected(entity)) hidden.add(entity.id);
  if (!isPerson) return { isProtected: (id) => hidden.has(id), isHousehold: () => false };
  for (const entity of batch) if (persons.isProtected(entity)) hidden.add(entity.id);
  const exposed = new Set<string>();
  for (const entity of batch) {
    const household = [...(await householdOf(entities, [entity]))];
    const members = await entities.get('person', household);
    if (members.some((member) => persons.isProtected(member.entity))) exposed.add(entity.id);
  }
  return { isProtected: (id) => hidden.has(id), isHousehold: (id) => exposed.has(id) };
}
