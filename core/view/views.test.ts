import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describeGovernedViews } from '../../test/contract/governed-views.contract.ts';
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
import { liveViews } from './live.ts';
import { preloadedViews } from './preloaded.ts';

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
});
