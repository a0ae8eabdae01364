import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from '../e2e/small-town.ts';
import { World } from '../e2e/world.ts';
import { assertQuiet, sync } from './crash-world.ts';

/** The hub is killed when a target has made something; by the next night nobody wants it. */
describe('a hub that is killed before it has heard that an object was made', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await send(1, 3);
    await world.sync();
  });
  afterEach(() => world.close());

  async function send(night: number, pupils: number): Promise<void> {
    world.now = Date.parse(`2026-09-0${night}T03:00:00+02:00`);
    const town = smallTown(`ber-2026090${night}`, numbers(1, pupils));
    await publish(join(world.folder, 'data', 'register'), town);
  }

  it('puts the right set in place of the one that it had put there', async () => {
    const before = await world.delivered('users.csv');
    await send(2, 4);
    const point = { CRASH_AT: 'after putting the marker in place', CRASH_TIME: '1' };
    assert.equal(await sync(world, point), 'SIGKILL');
    assert.notEqual(await world.delivered('users.csv'), before);
    await send(3, 3);
    await sync(world, {});
    assert.equal(await world.delivered('users.csv'), before);
    await assertQuiet(world, 'the set');
  }).timeout(60_000);

  /**
   * Whom and what the two targets hold; itslearning keeps in its trash what it has deleted, and the
   * portal's accounts are shut before they are deleted.
   */
  function held() {
    const { directory } = world.identity;
    const { persons, memberships } = world.lms.site;
    return {
      users: [...directory.of('Users').values()]
        .flatMap(({ id, active }) => (active === true ? [id] : []))
        .sort(),
      members: [...directory.of('Groups').values()].map(({ members }) => members),
      persons: [...persons].flatMap(([id, { inTrash }]) => (inTrash ? [] : [id])).sort(),
      memberships: [...memberships.keys()].sort(),
    };
  }

  for (const time of [1, 2, 3, 4]) {
    it(`takes it back from the target that it was telling, at call ${time}`, async () => {
      const before = held();
      await send(2, 4);
      const point = { CRASH_AT: 'after telling a target', CRASH_TIME: String(time) };
      assert.equal(await sync(world, point), 'SIGKILL');
      assert.notDeepEqual(held(), before);
      await send(3, 3);
      await sync(world, {});
      assert.deepEqual(held(), before);
      await assertQuiet(world, `call ${time}`);
    }).timeout(60_000);
  }
});
