import type { Entity } from '../message/message.ts';
import type { CanonicalSchemas, InverseRelation } from '../schema/canonical.ts';
import { type Concealment, conceal, NOTHING_HIDDEN, ownersOf } from './conceal.ts';
import { newMemory, viewsOver } from './entity-views.ts';
import { governed } from './governed.ts';
import { householdOf } from './household.ts';
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
  const memory = newMemory();
  const governing = { entities, schools: needs.schools, known: memory.governors };
  const inverses = new Map<InverseRelation, Inverses>();
  for (const [kind, names] of needs.inverses) {
    for (const relation of canonical.get(kind)?.inverses ?? []) {
      if (!names.has(relation.name)) continue;
      const shown = needs.shownOf?.(kind, relation.name) ?? true;
      const referring = canonical.get(relation.kind);
      const read = new Inverses(relation, referring?.inForce ?? [], today, shown);
      inverses.set(relation, read);
      if (referring === undefined) continue;
      for await (const batch of entities.scan(relation.kind)) {
        const seen = batch.map(({ entity }) => conceal(entity, referring, concealment));
        for (const one of await governed(seen, referring, governing)) if (one) read.add(one);
      }
    }
  }
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
  return { hidden, households: await householdOf(entities, protectedOnes) };
}

/** What is nothing without one of these persons: ids by kind. */
async function readOwned(
  entities: ViewedEntities,
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
