import assert from 'node:assert/strict';
import fc from 'fast-check';
import { flows, type Made, madeOf } from '../../../test/contract/flows-of-towns.ts';
import { preloadedViews } from '../../../test/contract/preloaded-views.ts';
import {
  canonical,
  DAY,
  entitiesOf,
  type Town,
  towns,
} from '../../../test/contract/views.contract.ts';
import type { EntityStore } from '../../store/entity-store.ts';
import type { LedgerRow, LedgerStore } from '../../store/ledger-store.ts';
import { NOTHING_GIVEN } from '../override/given.ts';
import { planTarget } from '../plan.ts';
import type { PlanBatch } from '../plan-batch.ts';
import { inOnePass, type Place, type Sight } from './pass.ts';

/** What time it is for the pass. */
const clock = { now: 0 };

/** A ledger that holds these rows. */
function ledgerOf(rows: readonly LedgerRow[]): LedgerStore {
  const held = [...rows].sort((a, b) => (a.ref.origin.id < b.ref.origin.id ? -1 : 1));
  const of = (objectKind: string, origin: string) =>
    held.filter(({ ref }) => ref.objectKind === objectKind && ref.origin.kind === origin);
  const ledger: Pick<LedgerStore, 'scan' | 'originKinds'> = {
    async *scan(_target, objectKind, origin) {
      yield of(objectKind, origin);
    },
    originKinds: async () => [],
  };
  // SAFETY: nothing else is asked by a plan of everything.
  return ledger as LedgerStore;
}

/** The town's entities as a store would give them, two at a time. */
function storeOf(town: Town): EntityStore {
  const entities = entitiesOf(town);
  const inOrder = async function* (of: string) {
    for await (const all of entities.scan(of)) {
      // Like a store, it gives each time objects of their own.
      for (let at = 0; at < all.length; at += 2) yield structuredClone(all.slice(at, at + 2));
    }
  };
  // SAFETY: nothing else is asked by a plan of everything.
  return { ...entities, scan: inOrder } as unknown as EntityStore;
}

async function planned(
  { target, rows, stopsAfter }: Made,
  sight: Sight,
): Promise<readonly PlanBatch[]> {
  const batches: PlanBatch[] = [];
  const context = { ...sight, ledger: ledgerOf(rows), given: NOTHING_GIVEN };
  for await (const batch of planTarget(target, context)) {
    batches.push(batch);
    if (batches.length === stopsAfter) break;
  }
  return batches;
}

function together<T>(
  made: readonly Made[],
  entities: EntityStore,
  work: (one: Made, place: Place) => Promise<T>,
): Promise<readonly T[]> {
  const works = made.map((one) => (place: Place) => work(one, place));
  return inOnePass({ entities, canonical, today: DAY, now: () => clock.now }, works);
}

async function planOf(one: Made, place: Place): Promise<readonly PlanBatch[]> {
  return planned(one, await place.enter(one.target, one.needs));
}

function text(batches: readonly PlanBatch[]): string {
  return JSON.stringify(batches.map(({ kind: own, ...rest }) => [own.kind, rest]));
}

describe('several plans in one pass', () => {
  it('are each what the flow alone would plan, whoever is protected and whatever each sees', async function () {
    this.timeout(60_000);
    const property = fc.asyncProperty(towns, flows, async (town, made) => {
      const side = await together(made, storeOf(town), planOf);
      for (const [at, one] of made.entries()) {
        const entities = storeOf(town);
        const views = await preloadedViews(entities, canonical, one.needs, DAY);
        const alone = await planned(one, { entities, views, today: DAY });
        assert.equal(text(side[at] ?? []), text(alone), one.target.name);
      }
    });
    await fc.assert(property, { numRuns: 500 });
  });

  it('show no protected person to a flow that may not see them, beside one that may', async () => {
    const property = fc.asyncProperty(towns, flows, async (town, made) => {
      const side = await together(made, storeOf(town), planOf);
      const hidden = (town['person'] ?? []).filter((one) => one['securityMarking'] !== 'Ingen');
      for (const [at, { needs }] of made.entries()) {
        if (needs.protectedPersons === 'include') continue;
        const objects = JSON.stringify(side[at]?.flatMap(({ entries }) => entries.map(objectOf)));
        for (const { id } of hidden) assert.ok(!objects.includes(`"${id}"`), id);
      }
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('go through them again side by side where one has to, and see the same', async () => {
    const property = fc.asyncProperty(towns, flows, async (town, made) => {
      await together(made, storeOf(town), async (one, place) => {
        const first = await planOf(one, place);
        assert.equal(text(await planOf(one, place)), text(first));
        await place.turn();
      });
    });
    await fc.assert(property, { numRuns: 50 });
  });

  it('are not disturbed by one that throws, and what it threw is told when all have ended', async () => {
    const [town, made] = sampleOf(3);
    const ended: string[] = [];
    const all = together(made, storeOf(town), async (one, place) => {
      const sight = await place.enter(one.target, one.needs);
      for await (const _batch of sight.entities.scan('person')) {
        if (one === made[1]) throw new Error('a fault');
      }
      ended.push(one.target.name);
    });
    await assert.rejects(all, /a fault/);
    assert.deepEqual(ended, [made[0]?.target.name, made[2]?.target.name]);
  });

  it('have their turns one after the other, once nobody plans any more', async () => {
    const [town, made] = sampleOf(3);
    const told: string[] = [];
    await together(made, storeOf(town), async (one, place) => {
      const { name } = one.target;
      await planOf(one, place);
      told.push('planned');
      await place.turn();
      told.push(`${name} begins`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      told.push(`${name} ends`);
    });
    const turns = made.flatMap(({ target: { name } }) => [`${name} begins`, `${name} ends`]);
    assert.deepEqual(told, ['planned', 'planned', 'planned', ...turns]);
  });

  it('tell how long each waited for the others, without what it took itself', async () => {
    const [town, made] = sampleOf(3);
    const waited = await together(made, storeOf(town), async (one, place) => {
      // The second one sees nothing of it, and ends before the pass begins.
      if (one !== made[1]) {
        await planOf(one, place);
        clock.now += 100;
      }
      await place.turn();
      clock.now += 7000;
      return place.waitedMs;
    });
    assert.deepEqual(waited, [7100, 0, 7000]);
  });

  it('let one that sees nothing of it end before the next begins', async () => {
    const [town, made] = sampleOf(3);
    const told: string[] = [];
    await together(made, storeOf(town), async (one, place) => {
      if (one !== made[1]) await place.enter(one.target, one.needs);
      await place.turn();
      told.push(one.target.name);
    });
    assert.deepEqual(told, ['t1:any', 't0:any', 't2:any']);
  });
});

function objectOf({ object }: PlanBatch['entries'][number]) {
  return object;
}

/** A town, and so many flows that are gone through to the end. */
function sampleOf(count: number): readonly [Town, readonly Made[]] {
  const [town] = fc.sample(towns, 1);
  assert.ok(town !== undefined);
  const one = { from: 'person', refersToItself: false, shown: true as const, inverses: 0 };
  const about = {
    protectedPersons: 'exclude',
    schools: 'all',
    isOdd: false,
    isSet: false,
    rows: [],
  } as const;
  const drawn = { ...about, kinds: [one], stopsAfter: 99 };
  return [town, Array.from({ length: count }, (_, number) => madeOf(drawn, number))];
}
