import { earlierOf } from '../message/dates.ts';
import type { Entity, EntityRef, JsonObject } from '../message/message.ts';
import type { CanonicalSchema, CanonicalSchemas, InverseRelation } from '../schema/canonical.ts';
import type { EntityStore } from '../store/store.ts';
import { withoutCircles } from './circles.ts';
import { type Concealment, conceal, hasOwners, NOTHING_HIDDEN, ownersOf } from './conceal.ts';
import { rivalsOf } from './doubled.ts';
import { householdOf } from './household.ts';
import { inForce, restsOn, standing, untilOf } from './in-force.ts';
import { type InverseItem, inverseItems } from './inverse.ts';
import type { Lookup, Rivals, ViewNeeds, Views } from './views.ts';

/**
 * Views for a few entities at a time, always from what the store holds at that moment: for
 * delivery, where minutes may have passed since the plan, and for single changes.
 */
export class PointViews implements Views {
  readonly #entities: EntityStore;
  readonly #canonical: CanonicalSchemas;
  readonly #needs: ViewNeeds;
  readonly #today: () => string;

  constructor(
    entities: EntityStore,
    canonical: CanonicalSchemas,
    needs: ViewNeeds,
    today: () => string,
  ) {
    this.#entities = entities;
    this.#canonical = canonical;
    this.#needs = needs;
    this.#today = today;
  }

  /** The same as they will be that day, unless a source says otherwise until then. */
  on(day: string): PointViews {
    return new PointViews(this.#entities, this.#canonical, this.#needs, () => day);
  }

  async of(kind: string, batch: readonly Entity[]): Promise<readonly (Entity | null)[]> {
    const seen = this.#inForce(kind, await this.#see(kind, batch));
    return Promise.all(seen.map((one) => (one === null ? null : this.#withInverses(kind, one))));
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
    const found = new Map<string, Entity>();
    for (const kind of new Set(references.map((reference) => reference.kind))) {
      const ids = references.flatMap((one) => (one.kind === kind ? [one.id] : []));
      for (const seen of this.#inForce(kind, await this.#fetch(kind, [...new Set(ids)]))) {
        if (seen !== null) found.set(`${kind}/${seen.id}`, seen);
      }
    }
    return (kind, id) => restsOn(found.get(`${kind}/${id}`));
  }

  async #fetch(kind: string, ids: readonly string[]): Promise<readonly (Entity | null)[]> {
    const stored = await this.#entities.get(kind, ids);
    return this.#see(
      kind,
      stored.map((one) => one.entity),
    );
  }

  async #see(kind: string, batch: readonly Entity[]): Promise<readonly (Entity | null)[]> {
    const schema = this.#canonical.get(kind);
    if (schema === undefined) return batch.map(() => null);
    const concealment =
      this.#needs.protectedPersons === 'include'
        ? NOTHING_HIDDEN
        : await concealmentAround(this.#entities, this.#canonical, schema, batch);
    const seen: (Entity | null)[] = [];
    for (const entity of batch) {
      const one = conceal(entity, schema, concealment);
      seen.push(one === null ? null : await withoutCircles(one, schema, this.#entities));
    }
    return seen;
  }

  #inForce(kind: string, seen: readonly (Entity | null)[]): readonly (Entity | null)[] {
    const rules = this.#canonical.get(kind)?.inForce ?? [];
    return seen.map((one) => (one === null ? null : inForce(one, rules, this.#today())));
  }

  async #withInverses(kind: string, entity: Entity): Promise<Entity> {
    const names = this.#needs.inverses.get(kind);
    const fields: Record<string, readonly JsonObject[]> = {};
    let until = untilOf(entity);
    for (const relation of this.#canonical.get(kind)?.inverses ?? []) {
      if (names?.has(relation.name) !== true) continue;
      const items = await this.#inverse(relation, { kind, id: entity.id });
      fields[relation.name] = items.flatMap(({ item }) => (item === null ? [] : [item]));
      until = items.reduce((soonest, one) => earlierOf(soonest, one.until), until);
    }
    return standing({ ...entity, ...fields }, until);
  }

  async #inverse(relation: InverseRelation, to: EntityRef): Promise<readonly InverseItem[]> {
    const referrers = await this.#entities.referrers(to);
    const ids = referrers.filter((one) => one.kind === relation.kind).map((one) => one.id);
    const seen = await this.#fetch(relation.kind, [...new Set(ids)].sort());
    const rules = this.#canonical.get(relation.kind)?.inForce ?? [];
    const items = seen.flatMap((one) =>
      one === null ? [] : inverseItems(one, relation, rules, this.#today()),
    );
    return items.filter((one) => one.to === to.id);
  }
}

/** Who of those around these entities is protected, or lives with one who is. */
async function concealmentAround(
  entities: EntityStore,
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
  entities: EntityStore,
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
  entities: EntityStore,
  persons: CanonicalSchema,
  batch: readonly Entity[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const entity of batch) {
    const household = [...(await householdOf(entities, [entity]))];
    const members = await entities.get('person', household);
    if (members.some((member) => persons.isProtected(member.entity))) found.add(entity.id);
  }
  return found;
}
