import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeGovernedViews } from '../../test/contract/governed-views.contract.ts';
import { preloadedViews } from '../../test/contract/preloaded-views.ts';
import {
  canonical,
  DAY,
  describeViews,
  entitiesOf,
  NEEDS,
  seenIn,
  type Town,
  towns,
} from '../../test/contract/views.contract.ts';
import type { Entity } from '../message/message.ts';
import { liveViews } from './live.ts';

const preloaded = (town: Town, needs = NEEDS) =>
  preloadedViews(entitiesOf(town), canonical, needs, DAY);
const live = async (town: Town, needs = NEEDS) =>
  liveViews(entitiesOf(town), canonical, needs, () => DAY);

describeViews('preloaded', preloaded);
describeViews('live', live);
describeGovernedViews('preloaded', preloaded);
describeGovernedViews('live', live);

describe('the two readers of views', () => {
  it('show the same, whoever lives in the town', async () => {
    const property = fc.asyncProperty(towns, async (town) => {
      assert.deepEqual(
        await seenIn(town, await live(town)),
        await seenIn(town, await preloaded(town)),
      );
    });
    await fc.assert(property, { numRuns: 1000 });
  });

  it('show those who are asked for, though some of them were before', async () => {
    const [town] = fc.sample(towns, 1);
    assert.ok(town !== undefined);
    const [a, b, c] = (town['person'] ?? []).map((one) => ({ ...one, securityMarking: 'Ingen' }));
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    const all = { ...town, person: [a, b, c] };
    for (const views of [await preloaded(all), await live(all)]) {
      const asks: readonly (readonly Entity[])[] = [[a, b], [a, c], [a], [a, b, c]];
      for (const asked of asks) {
        const seen = await views.of('person', asked);
        assert.deepEqual(
          seen.map((view) => view?.id),
          asked.map(({ id }) => id),
        );
      }
    }
  });
});

describe('views of a delivery', () => {
  it('ask the store as often for many persons as for two', async () => {
    const questions = async (town: Town) => {
      let asked = 0;
      const entities = new Proxy(entitiesOf(town), {
        get: (target, name) => {
          asked += 1;
          return Reflect.get(target, name);
        },
      });
      const persons = town['person'] ?? [];
      await liveViews(entities, canonical, NEEDS, () => DAY).of('person', persons);
      return asked;
    };
    const family = (at: number) => {
      const [child, guardian] = [{ id: `child ${at}` }, { id: `guardian ${at}` }];
      const responsibles = [{ person: guardian, relationType: 'Vårdnadshavare' }];
      return [{ ...child, securityMarking: 'Ingen', responsibles }, guardian];
    };
    const families = (count: number) => ({
      person: Array.from({ length: count }, (_, at) => family(at)).flat(),
    });
    assert.equal(await questions(families(20)), await questions(families(1)));
  });
});
