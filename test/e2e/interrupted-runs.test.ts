import assert from 'node:assert/strict';
import { beginningRun } from '../../core/store/run-store.ts';
import { World } from './world.ts';

describe('a run whose process is gone', () => {
  it('is a finding until the next sync, which ends it', async () => {
    const world = await World.open();
    await world.withHub(({ engine }) =>
      engine.store.runs.put(beginningRun('killed', 'flow', 'lms', world.now)),
    );
    const codes = () =>
      world.withHub(async ({ control }) => (await control.findings()).map(({ code }) => code));
    assert.ok((await codes()).includes('RUN_INTERRUPTED'));
    await world.sync('identity');
    const runs = await world.withHub(({ control }) => control.runs(10, 'lms'));
    assert.deepEqual(
      runs.map(({ outcome, problem }) => [outcome, problem?.code]),
      [['failed', 'RUN_INTERRUPTED']],
    );
    await world.close();
  });
});
