import assert from 'node:assert/strict';
import { TransientFailure } from '../../core/failure/failure.ts';
import type { Hub } from '../../core/hub.ts';
import type { Ticket } from '../../core/message/message.ts';
import { imsObjects, startWatchingProxy, type WatchingProxy } from '../cluster/watching-proxy.ts';
import { targetsOf } from '../crash/crash-world.ts';
import { World } from './world.ts';

const PUPILS = 20;

/**
 * What a broker may do, at its worst: it goes in the middle of a night, comes back, and hands out
 * again what another process had in hand, of any rank, beside the tickets of whoever publishes what
 * is open.
 */
describe('tickets that come early, late and more than once', () => {
  let watches: WatchingProxy[];

  /** Two nights, and what the targets hold after each. */
  async function nights(disturb: (hub: Hub) => void) {
    const world = await World.open();
    watches = [
      await startWatchingProxy(world.identity.url, 2),
      await startWatchingProxy(world.lms.url, 2, imsObjects),
    ];
    const [identity, lms] = watches;
    Object.assign(world.environment, { IDENTITY_URL: identity?.url, LMS_URL: lms?.url });
    const held = [];
    try {
      for (const night of [1, 5]) {
        await world.night(night, PUPILS);
        await world.withHub(async (hub) => {
          disturb(hub);
          const { signal } = new AbortController();
          const request = { flow: null, deliver: true, signal, patienceMs: 2000 };
          const report = await hub.control.sync({ ...request, onProgress: () => undefined });
          for (const { outcome, problem } of report.flows)
            assert.equal(outcome, 'done', problem?.text ?? '');
          assert.deepEqual(await hub.control.failures({ limit: 3 }), []);
        });
        held.push(targetsOf(world));
        for (const { counts } of await world.plan()) {
          assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
        }
      }
      return held;
    } finally {
      for (const watch of watches) await watch.stop();
      await world.close();
    }
  }

  it('change nothing of how a night ends, and no object is told of by two at once', async function () {
    this.timeout(120_000);
    const wanted = await nights(() => undefined);
    let more = 0;
    const found = await nights(({ engine: { broker, store } }) => {
      const publish = broker.publish.bind(broker);
      let calls = 0;
      broker.publish = async (target, tickets) => {
        calls += 1;
        if (calls === 2) throw new TransientFailure('BROKER_OUT', 'the message broker: gone');
        const open: Ticket[] = [];
        for await (const messages of store.messages.scan({ target, type: ['deliver'] })) {
          open.push(...messages.map(({ id: messageId }) => ({ messageId })));
        }
        more += open.length;
        await publish(target, [...open.toReversed(), ...tickets, ...tickets, ...open]);
      };
    });
    assert.ok(more > PUPILS);
    assert.deepEqual(
      watches.flatMap(({ clashes }) => clashes),
      [],
    );
    assert.deepEqual(found, wanted);
  });
});
