import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hub } from '../../core/hub.ts';
import { runOf, World } from './world.ts';

const STRICT = '{ maxDelete: 2%, maxUpdate: 2%, maxCreate: 2%, minimum: 2 }';

describe('a first load whose target stumbles while accounts are made', () => {
  let world: World;
  before(async () => {
    world = await World.open();
    await world.guard(STRICT);
    const file = join(world.folder, 'flows', 'identity.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(
      file,
      text.replace(/firstDelay: \w+, maxDelay: \w+/, 'firstDelay: 1h, maxDelay: 2h'),
    );
    await world.night(1);
  });
  after(() => world.close());

  it('delivers groups without those that are tried again later', async () => {
    const well = { kind: 'slow', ms: 0 } as const;
    const stumbles = Array.from({ length: 50 }, () => [{ kind: 'error-before' } as const, well]);
    world.identity.failNext(...Array.from({ length: 100 }, () => well), ...stumbles.flat());
    const { outcome, problem } = await load();
    world.identity.heal();
    assert.deepEqual([outcome, problem?.code], ['failed', 'TARGET_BROKEN']);
    assert.ok((await openMessages()) > 20, 'accounts wait for their next attempt');
  });

  it('goes on the next night without a hold, and ends as if nothing had been', async () => {
    world.now += 86_400_000;
    const { outcome, problem, counts } = await load();
    assert.deepEqual([outcome, problem], ['done', null], 'to fill a group is part of the load');
    assert.ok((counts['update'] ?? 0) > 2, `${counts['update']} groups get their members`);
    assert.equal(await openMessages(), 0);
    const undisturbed = await World.open();
    try {
      await undisturbed.night(1);
      await undisturbed.sync('identity');
      assert.deepEqual(membersIn(world), membersIn(undisturbed));
    } finally {
      await undisturbed.close();
    }
  });

  /** A sync that waits for nothing: what is to be tried again is left to the next one. */
  async function load() {
    const { signal } = new AbortController();
    const request = { flow: 'identity', deliver: true, onProgress: () => undefined, signal };
    const sync = ({ control }: Hub) => control.sync({ ...request, patienceMs: 0 });
    return runOf(await world.withHub(sync), 'identity');
  }

  function openMessages(): Promise<number> {
    return world.withHub(async ({ control }) => (await control.failures({ limit: 1000 })).length);
  }
});

/** Groups and the names of their members: ids are the service's own. */
function membersIn({ identity: { directory } }: World): readonly string[] {
  const names = new Map([...directory.of('Users')].map(([id, user]) => [id, user['userName']]));
  const groups = [...directory.of('Groups').values()].map(({ displayName, members }) => {
    const own = (members as { value: string }[] | undefined)?.map(({ value }) => names.get(value));
    return JSON.stringify([displayName, own?.sort()]);
  });
  return groups.sort();
}
