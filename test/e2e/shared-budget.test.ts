import assert from 'node:assert/strict';
import type { Hub } from '../../core/hub.ts';
import { World } from './world.ts';

const SIGNAL = new AbortController().signal;

/** However often a module is opened: its target sees one caller, at the pace of its binding. */
describe('the rate budget of a binding', () => {
  let world: World;

  before(async () => {
    world = await World.open();
    await world.reconfigure(
      `token: "\${env:SECRET}", requestsPerSecond: 5000`,
      `token: "\${env:SECRET}", requestsPerSecond: 50`,
    );
  });
  after(() => world.close());

  async function openTwice(hub: Hub) {
    const sinks = [await hub.engine.openSink('identity'), await hub.engine.openSink('identity')];
    return sinks.map((sink) => {
      assert.ok(sink.mode === 'operations');
      return sink;
    });
  }

  it('is one for all that is open: two readers together are no faster than one', async () => {
    await world.withHub(async (hub) => {
      const sinks = await openTwice(hub);
      const before = world.identity.calls();
      const startedAt = Date.now();
      await Promise.all(
        sinks.map(async (sink) => {
          for (let time = 0; time < 20; time++) {
            for await (const _ of sink.readBack?.('User', SIGNAL) ?? []) assert.fail('it is empty');
          }
        }),
      );
      assert.equal(world.identity.calls() - before, 40);
      assert.ok(Date.now() - startedAt >= 650, 'forty calls at fifty a second, five at once');
    });
  });

  it('keeps everybody silent when the target has asked one of them to wait', async () => {
    await world.withHub(async (hub) => {
      const [first, second] = await openTwice(hub);
      const read = async (sink: typeof first) => {
        for await (const _ of sink?.readBack?.('User', SIGNAL) ?? []) assert.fail('it is empty');
      };
      world.identity.failNext({ kind: 'busy', retryAfter: 30 });
      const before = world.identity.calls();
      await assert.rejects(read(first), { code: 'TARGET_BUSY' });
      await assert.rejects(read(second), { code: 'TARGET_BUSY' });
      assert.equal(world.identity.calls() - before, 1, 'the second does not even ask');
    });
  });
});
