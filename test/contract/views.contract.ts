import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Entity, EntityRef, JsonObject } from '../../core/message/message.ts';
import { loadCanonicalSchemas } from '../../core/schema/canonical-schemas.ts';
import type { ViewedEntities, ViewNeeds, Views } from '../../core/view/views.ts';

export const DAY = '2026-09-10';
export const TOWNS = 1000;
const PERSONS = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5'];
const KINDS = ['organisation', 'person', 'group', 'duty', 'placement', 'activity'] as const;
const GOVERNORS = ['Municipal', 'Private', 'Other'];
const INVERSES = {
  organisation: ['children'],
  person: ['duties', 'placements', 'groupMemberships', 'responsibleFor'],
  group: ['activities'],
  duty: ['activities'],
};

export const canonical = await loadCanonicalSchemas([
  join(import.meta.dirname, '..', '..', 'schemas', 'canonical'),
]);

/** A small town's entities, by kind. */
export type Town = Readonly<Record<string, readonly Entity[]>>;

export const NEEDS: ViewNeeds = {
  protectedPersons: 'exclude',
  schools: 'all',
  inverses: new Map(Object.entries(INVERSES).map(([kind, names]) => [kind, new Set(names)])),
};

/** Towns of few persons, so that whoever is protected is related to most of them. */
export const towns: fc.Arbitrary<Town> = fc.record({
  organisation: fc.tuple(unit('u0'), unit('u1')),
  person: fc.tuple(...PERSONS.map(person)),
  group: fc.tuple(group('g0'), group('g1')),
  duty: fc.tuple(duty('d0'), duty('d1')),
  placement: fc.tuple(placement('l0'), placement('l1')),
  activity: fc.tuple(activity('a0')),
});

function someone(): fc.Arbitrary<JsonObject> {
  return fc.constantFrom(...PERSONS).map((id) => ({ id }));
}

function unit(id: string): fc.Arbitrary<Entity> {
  const parent = fc.constantFrom(
    {},
    ...['u0', 'u1'].map((of) => ({ parentOrganisation: ref(of) })),
  );
  const governor = fc.constantFrom(
    {},
    ...GOVERNORS.map((one) => ({ skolnav: { governedBy: one } })),
  );
  return fc.tuple(parent, governor).map(([above, word]) => {
    return { id, displayName: id, organisationType: 'Skolenhet', ...above, ...word };
  });
}

function person(id: string): fc.Arbitrary<Entity> {
  const term = fc.constantFrom(
    {},
    { skolnav: { validTo: '2026-09-09' } },
    { skolnav: { validFrom: '2026-09-11' } },
    { skolnav: { custody: 'none' } },
  );
  const guardian = fc
    .tuple(someone(), term)
    .map(([of, rest]) => ({ person: of, relationType: 'Vårdnadshavare', ...rest }));
  return fc.record({
    id: fc.constant(id),
    securityMarking: fc.constantFrom('Ingen', 'Ingen', 'Ingen', 'Sekretessmarkering'),
    enrolments: fc.subarray(['u0', 'u1']).map((ids) => ids.map((of) => ({ enroledAt: ref(of) }))),
    responsibles: fc.array(guardian, { maxLength: 2 }),
    addresses: fc.constant([{ street: `home of ${id}` }]),
    phoneNumbers: fc.constant([{ value: `number of ${id}` }]),
  });
}

function group(id: string): fc.Arbitrary<Entity> {
  const members = fc.uniqueArray(fc.constantFrom(...PERSONS), { maxLength: 3 });
  return members.map((ids) => ({
    ...{ id, displayName: id, organisation: ref('u0') },
    groupMemberships: ids.map((of) => ({ person: ref(of) })),
  }));
}

function duty(id: string): fc.Arbitrary<Entity> {
  return someone().map((of) => ({ id, person: of, dutyAt: ref('u0'), dutyRole: 'Lärare' }));
}

function placement(id: string): fc.Arbitrary<Entity> {
  return fc
    .tuple(someone(), fc.array(someone(), { maxLength: 2 }))
    .map(([child, owners]) => ({ id, child, owners, placedAt: ref('u1'), group: ref('g1') }));
}

function activity(id: string): fc.Arbitrary<Entity> {
  const teachers = fc.subarray(['d0', 'd1']).map((ids) => ids.map((of) => ({ duty: ref(of) })));
  return teachers.map((all) => {
    const about = { id, displayName: id, organisation: ref('u0') };
    return { ...about, groups: [ref('g0')], teachers: all };
  });
}

function ref(id: string): { readonly id: string } {
  return { id };
}

/** What a store would answer of a town. */
export function entitiesOf(town: Town): ViewedEntities {
  const of = (kind: string) => (town[kind] ?? []).map((entity) => ({ entity, hash: '' }));
  return {
    get: async (kind, ids) => of(kind).filter(({ entity }) => ids.includes(entity.id)),
    async *scan(kind) {
      yield of(kind);
    },
    referrers: async (to) =>
      to.map((one) =>
        KINDS.flatMap((kind) => {
          const refersTo = ({ entity }: { readonly entity: Entity }) =>
            canonical.get(kind)?.referencesOf(entity).some(isOf(one)) === true;
          return of(kind)
            .filter(refersTo)
            .map(({ entity: { id } }) => ({ kind, id }));
        }),
      ),
    protected: async (kind) => of(kind),
    doubles: async () => [],
    goneAtOnce: async () => new Set(),
  };
}

function isOf({ kind, id }: EntityRef): (one: EntityRef) => boolean {
  return (one) => one.kind === kind && one.id === id;
}

/** What a flow is shown of an entity. */
export interface Seen {
  readonly view: Entity | null;
  readonly lookedUp: Entity | null;
}

/** Each entity's view, and what a mapping would be given if it looked the entity up. */
export async function seenIn(town: Town, views: Views): Promise<ReadonlyMap<string, Seen>> {
  const seen = new Map<string, Seen>();
  for (const kind of KINDS) {
    const entities = town[kind] ?? [];
    const references = entities.map(({ id }) => ({ kind, id }));
    const lookup = await views.lookup(references);
    for (const [at, view] of (await views.of(kind, entities)).entries()) {
      const id = entities[at]?.id ?? '';
      seen.set(`${kind} ${id}`, { view, lookedUp: lookup(kind, id) ?? null });
    }
  }
  return seen;
}

/** The promise of views that protects, for whatever reads around an entity. */
export function describeViews(name: string, open: (town: Town) => Promise<Views>): void {
  describe(`the contract of views: ${name}`, () => {
    it('shows no protected person, in nobody’s view and in no look-up', async () => {
      await everyTown(async (town, views) => {
        const hidden = protectedIn(town);
        for (const [of, seen] of await seenIn(town, views)) {
          const text = JSON.stringify(seen);
          for (const id of hidden) assert.ok(!text.includes(`"${id}"`), `${of} shows ${id}`);
        }
      });
    });

    it('shows nothing of what is nothing without one', async () => {
      await everyTown(async (town, views) => {
        const hidden = protectedIn(town);
        const seen = await seenIn(town, views);
        for (const [kind, field] of [
          ['duty', 'person'],
          ['placement', 'child'],
        ] as const) {
          for (const entity of town[kind] ?? []) {
            const isGone = hidden.includes(idOf(entity[field]));
            const expected = isGone ? { view: null, lookedUp: null } : null;
            const found = seen.get(`${kind} ${entity.id}`);
            if (expected === null) assert.notDeepEqual(found, { view: null, lookedUp: null });
            else assert.deepEqual(found, expected);
          }
        }
      });
    });

    it('shows no home of whoever may live with one', async () => {
      await everyTown(async (town, views) => {
        const exposed = householdsIn(town);
        const text = JSON.stringify([...(await seenIn(town, views)).values()]);
        for (const id of PERSONS) {
          const isWithheld = exposed.has(id) || protectedIn(town).includes(id);
          assert.equal(text.includes(`home of ${id}"`), !isWithheld, id);
          assert.equal(text.includes(`number of ${id}"`), !isWithheld, id);
        }
      });
    });

    it('shows everybody where the flow may see the protected ones', async () => {
      await everyTown(async (town) => {
        const views = await open({ ...town, person: (town['person'] ?? []).map(unprotected) });
        for (const [of, seen] of await seenIn(town, views)) {
          assert.notDeepEqual(seen, { view: null, lookedUp: null }, of);
        }
      });
    });

    async function everyTown(holds: (town: Town, views: Views) => Promise<void>): Promise<void> {
      const property = fc.asyncProperty(towns, async (town) => holds(town, await open(town)));
      await fc.assert(property, { numRuns: TOWNS / 4 });
    }
  });
}

function unprotected(person: Entity): Entity {
  return { ...person, securityMarking: 'Ingen' };
}

function protectedIn({ person = [] }: Town): readonly string[] {
  return person.flatMap(({ id, securityMarking }) => (securityMarking === 'Ingen' ? [] : [id]));
}

/** Guardians, children, siblings and those who share a child, worked out the plain way. */
function householdsIn(town: Town): ReadonlySet<string> {
  const pairs = (town['person'] ?? []).flatMap(({ id, responsibles }) =>
    guardiansOf(responsibles).map((guardian) => [id, guardian] as const),
  );
  const near = new Set<string>();
  for (const id of protectedIn(town)) {
    const children = pairs.flatMap(([child, guardian]) => (guardian === id ? [child] : []));
    const guardians = pairs.flatMap(([child, guardian]) => (child === id ? [guardian] : []));
    for (const [child, guardian] of pairs) {
      if (guardians.includes(guardian)) near.add(child).add(guardian);
      if (children.includes(child)) near.add(child).add(guardian);
    }
    near.delete(id);
  }
  return near;
}

function guardiansOf(responsibles: unknown): readonly string[] {
  return Array.isArray(responsibles) ? responsibles.map((one) => idOf(one.person)) : [];
}

export function idOf(reference: unknown): string {
  assert.ok(typeof reference === 'object' && reference !== null && 'id' in reference);
  return String(reference.id);
}
