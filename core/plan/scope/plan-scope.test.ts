import assert from 'node:assert/strict';
import fc from 'fast-check';
import { preloadedViews } from '../../../test/contract/preloaded-views.ts';
import { openTemporaryStore } from '../../../test/contract/temporary-store.ts';
import {
  canonical,
  DAY,
  NEEDS,
  type Seen,
  seenIn,
  type Town,
  towns,
} from '../../../test/contract/views.contract.ts';
import type { Target } from '../../flow/target.ts';
import { digestOf } from '../../message/digest.ts';
import type { Entity } from '../../message/message.ts';
import type { MergedEntity } from '../../store/intake-store.ts';
import type { Store } from '../../store/store.ts';
import type { ViewNeeds } from '../../view/views.ts';
import { keepScope, scopeOf } from './plan-scope.ts';

const NOBODY = { hash: '', references: [], lookups: [], isProtected: false, goesAtOnce: false };

/** A target whose mappings look up whatever their entities refer to, and read all of it. */
const MAPPING = {
  from: { kind: 'any' },
  lookups: canonical.kinds,
  shownLookedUp: new Map(canonical.kinds.map((kind) => [kind, true])),
};
const FLOW = { selects: new Map() };
// SAFETY: a scope asks a target for its name, and for what its mappings look up and read.
const TARGET = {
  name: 'lms:any',
  flow: FLOW,
  kinds: [{ mappings: [MAPPING] }],
} as unknown as Target;
const TASK = { target: TARGET, rules: 'as ever' };

/**
 * Two nights of a town: in the second one somebody is protected or is so no longer, and perhaps a
 * few entities are otherwise or have gone.
 */
const nights = fc
  .tuple(towns, towns, fc.infiniteStream(fc.integer({ min: 0, max: 25 })))
  .map(([first, other, dice]): readonly [Town, Town] => {
    const turn = (entity: Entity, instead: Entity | undefined): readonly Entity[] => {
      const { value } = dice.next();
      if (value === 0) return [];
      if (value === 1) return [instead ?? entity];
      if (value > 4 || entity['securityMarking'] === undefined) return [entity];
      const isMarked = entity['securityMarking'] !== 'Ingen';
      return [{ ...entity, securityMarking: isMarked ? 'Ingen' : 'Sekretessmarkering' }];
    };
    const second = Object.entries(first).map(([kind, entities]) => {
      return [kind, entities.flatMap((one, at) => turn(one, other[kind]?.[at]))] as const;
    });
    return [first, Object.fromEntries(second)];
  });

function unitsOf({ organisation = [] }: Town) {
  return organisation.map(({ id, skolnav = null, parentOrganisation = null }) => {
    return { id, skolnav, parentOrganisation };
  });
}

describe('the scope of a plan', () => {
  let store: Store;
  let close: () => Promise<void>;
  before(async () => {
    ({ store, close } = await openTemporaryStore());
  });
  after(() => close());

  it('names everything that is seen otherwise, whoever is protected since or no longer', async () => {
    let narrow = 0;
    const property = fc.asyncProperty(nights, async ([first, second]) => {
      const before = await live(store, first);
      const known = await scopeOf(TASK, DAY, { store, canonical, needs: NEEDS });
      await keepScope(TASK, known, {}, DAY, store);
      const after = await live(store, second);
      const { only } = await scopeOf(TASK, DAY, { store, canonical, needs: NEEDS });
      const named = new Set(
        [...(only ?? [])].flatMap(([kind, ids]) => [...ids].map((id) => `${kind} ${id}`)),
      );
      if (named.size < after.size) narrow += 1;
      if (only === null) {
        const isMoved = digestOf(unitsOf(first)) !== digestOf(unitsOf(second));
        assert.ok(isMoved, 'nothing is in doubt while the same govern the units');
        return;
      }
      for (const name of new Set([...before.keys(), ...after.keys()])) {
        if (before.get(name) === after.get(name)) continue;
        assert.ok(named.has(name), `${name} is seen otherwise`);
      }
    });
    await fc.assert(property, { numRuns: 500 });
    assert.ok(narrow > 0, 'some nights look at less than everything');
  }).timeout(60_000);
});

describe('a change of a field', () => {
  let store: Store;
  let close: () => Promise<void>;
  before(async () => {
    ({ store, close } = await openTemporaryStore());
  });
  after(() => close());

  /** Reads names of persons alone, and addresses of those that it looks up. */
  const reading = {
    ...{ from: { kind: 'person' }, lookups: ['person'] },
    shown: new Map([['givenName', true]]),
    shownLookedUp: new Map([['person', new Map([['addresses', true]])]]),
  };
  // SAFETY: as above.
  const target = { ...TARGET, kinds: [{ mappings: [reading] }] } as unknown as Target;
  const needs: ViewNeeds = {
    protectedPersons: 'exclude',
    schools: 'all',
    inverses: new Map([['person', new Set(['responsibleFor'])]]),
    shownOf: () => new Map([['birthDate', true]]),
  };
  const context = () => ({ store, canonical, needs });
  const task = { target, rules: 'as ever' };
  const persons = (many: number, of: object) =>
    Array.from({ length: many }, (_, at) => mergedOf('person', { id: `p${at}`, ...of }));
  /** How many are planned after so many persons have become so. */
  const plannedAfter = async (many: number, of: object) => {
    const known = await scopeOf(task, DAY, context());
    await keepScope(task, known, {}, DAY, store);
    await store.intake.apply('run', persons(many, of));
    const { only } = await scopeOf(task, DAY, context());
    return only === null ? 'all' : (only.get('person')?.size ?? 0);
  };

  it('that no mapping reads plans nobody; of one that is read, or refers, whoever it concerns', async () => {
    await store.intake.apply('run', persons(600, {}));
    const number = [{ value: '4711', context: 'portal', globallyUnique: false }];
    const answers = { externalIdentifiers: number };
    assert.equal(await plannedAfter(3, answers), 0, 'an id of the portal');
    assert.equal(await plannedAfter(3, { ...answers, givenName: 'Kim' }), 3, 'what is mapped');
    assert.equal(await plannedAfter(3, { ...answers, birthDate: '2013-04-12' }), 3, 'by guardians');
    assert.equal(await plannedAfter(3, { ...answers, addresses: [{}] }), 3, 'what is looked up');
    const dead = { ...answers, addresses: [{}], personStatus: 'Avliden' };
    assert.equal(await plannedAfter(3, dead), 3, 'what the schema goes by');
  });

  it('of most of a city plans all of it, which is quicker than to find who depends on whom', async () => {
    assert.equal(await plannedAfter(400, { givenName: 'Kim' }), 400);
    assert.equal(await plannedAfter(501, { givenName: 'Robin' }), 'all');
  });
});

/** Stores the town in place of the one before; answers what each entity gives to a mapping. */
async function live(store: Store, town: Town): Promise<ReadonlyMap<string, string>> {
  const merged: MergedEntity[] = [];
  for (const kind of canonical.kinds) {
    const entities = town[kind] ?? [];
    for await (const batch of store.entities.scan(kind)) {
      for (const { entity } of batch) {
        if (entities.some(({ id }) => id === entity.id)) continue;
        merged.push({ ...NOBODY, entity: { kind, id: entity.id }, content: null });
      }
    }
    merged.push(...entities.map((entity) => mergedOf(kind, entity)));
  }
  await store.intake.apply('run', merged);
  const seen = await seenIn(town, await preloadedViews(store.entities, canonical, NEEDS, DAY));
  return new Map([...seen.keys()].map((name) => [name, given(name, seen)]));
}

function mergedOf(kind: string, entity: Entity): MergedEntity {
  const schema = canonical.get(kind);
  return {
    ...{ entity: { kind, id: entity.id }, content: entity, hash: digestOf(entity) },
    ...{ references: schema?.referencesOf(entity) ?? [], lookups: [] },
    ...{ isProtected: schema?.isProtected(entity) === true, goesAtOnce: false },
  };
}

/** A view, and the views of all that it names: a mapping may look them up, or refer to them. */
function given(name: string, seen: ReadonlyMap<string, Seen>): string {
  const own = JSON.stringify(seen.get(name));
  const named = new Set(idsIn(JSON.parse(own)));
  const lookedUp = [...seen].flatMap(([other, { lookedUp }]) => {
    return named.has(other.split(' ')[1] ?? '') ? [[other, lookedUp]] : [];
  });
  return own + JSON.stringify(lookedUp);
}

function idsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((one) => (typeof one === 'string' ? [one] : idsIn(one)));
}
