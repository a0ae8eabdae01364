import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker } from '../../core/broker/broker.ts';
import type { Ticket, Verdict } from '../../core/message/message.ts';

/** A broker that outlives its process. */
export interface BrokerWorld {
  readonly broker: Broker;
  /** Another process's view of the same queues. */
  reopen(): Promise<Broker>;
  close(): Promise<void>;
}

const TARGET = 'lms:itslearning';
const DONE: Verdict = { kind: 'done' };

/** Every sentence of the Broker port as a test, for whatever carries the tickets. */
export function describeBroker(name: string, make: () => Promise<BrokerWorld>): void {
  describe(`the broker contract: ${name}`, () => {
    let world: BrokerWorld;
    let broker: Broker;

    beforeEach(async () => {
      world = await make();
      broker = world.broker;
    });
    afterEach(() => world.close());

    it('carries every ticket, in order, in batches no larger than asked', async () => {
      const sent = tickets(250);
      await broker.publish(TARGET, sent);
      const batches: (readonly Ticket[])[] = [];
      const subscription = await broker.consume(
        TARGET,
        async (batch) => {
          batches.push(batch);
          return batch.map(() => DONE);
        },
        { batchSize: 40, concurrency: 1 },
      );
      await drained(broker);
      await subscription.stop();
      assert.deepEqual(batches.flat(), sent);
      assert.ok(batches.every((batch) => batch.length <= 40));
    });

    it('keeps targets apart', async () => {
      await broker.publish(TARGET, tickets(3));
      await broker.publish('identity:scim', [{ messageId: 'other' }]);
      const got: string[] = [];
      const subscription = await broker.consume(
        'identity:scim',
        async (batch) => {
          got.push(...batch.map(({ messageId }) => messageId));
          return batch.map(() => DONE);
        },
        { batchSize: 10, concurrency: 1 },
      );
      await drained(broker, 'identity:scim');
      await subscription.stop();
      assert.deepEqual(got, ['other']);
      assert.equal(await broker.pending(TARGET), 3);
    });

    it('hands a ticket to one worker at a time, and uses as many as allowed', async () => {
      await broker.publish(TARGET, tickets(40));
      const underWay = new Set<string>();
      let most = 0;
      const subscription = await broker.consume(
        TARGET,
        async (batch) => {
          for (const { messageId } of batch) {
            assert.ok(!underWay.has(messageId));
            underWay.add(messageId);
          }
          most = Math.max(most, underWay.size);
          await sleep(5);
          for (const { messageId } of batch) underWay.delete(messageId);
          return batch.map(() => DONE);
        },
        { batchSize: 2, concurrency: 3 },
      );
      await drained(broker);
      await subscription.stop();
      assert.equal(most, 6);
    });

    it('brings a ticket again that is to be retried, not before its time', async () => {
      await broker.publish(TARGET, tickets(1));
      const times: number[] = [];
      const subscription = await broker.consume(
        TARGET,
        async () => {
          times.push(performance.now());
          return [times.length === 1 ? { kind: 'retry', afterMs: 60 } : DONE];
        },
        { batchSize: 1, concurrency: 1 },
      );
      await drained(broker);
      await subscription.stop();
      assert.equal(times.length, 2);
      assert.ok((times[1] ?? 0) - (times[0] ?? 0) >= 55);
    });

    it('brings all tickets again whose handler threw', async () => {
      await broker.publish(TARGET, tickets(3));
      let calls = 0;
      const seen = new Set<string>();
      const subscription = await broker.consume(
        TARGET,
        async (batch) => {
          calls += 1;
          if (calls === 1) throw new Error('a defect');
          for (const { messageId } of batch) seen.add(messageId);
          return batch.map(() => DONE);
        },
        { batchSize: 3, concurrency: 1 },
      );
      await drained(broker);
      await subscription.stop();
      assert.equal(seen.size, 3);
    });

    it('forgets what is done, held or a dead letter: the store keeps their story', async () => {
      await broker.publish(TARGET, tickets(3));
      const verdicts: readonly Verdict[] = [DONE, { kind: 'hold' }, { kind: 'dead-letter' }];
      const subscription = await broker.consume(TARGET, async () => verdicts, {
        batchSize: 3,
        concurrency: 1,
      });
      await drained(broker);
      await subscription.stop();
      assert.equal(await broker.pending(TARGET), 0);
    });

    it('forgets the tickets of one target, and of no other', async () => {
      await broker.publish(TARGET, tickets(3));
      await broker.publish('identity:scim', tickets(1));
      await broker.clear(TARGET);
      assert.equal(await broker.pending(TARGET), 0);
      assert.equal(await broker.pending('identity:scim'), 1);
      await broker.publish(TARGET, tickets(1));
      assert.equal(await broker.pending(TARGET), 1);
    });

    it('counts tickets under way as pending, and settles them before it stops', async () => {
      await broker.publish(TARGET, tickets(2));
      let finished = false;
      const begun = Promise.withResolvers<void>();
      const subscription = await broker.consume(
        TARGET,
        async (batch) => {
          begun.resolve();
          await sleep(30);
          finished = true;
          return batch.map(() => DONE);
        },
        { batchSize: 2, concurrency: 1 },
      );
      await begun.promise;
      assert.equal(await broker.pending(TARGET), 2);
      await subscription.stop();
      assert.equal(finished, true);
      assert.equal(await broker.pending(TARGET), 0);
    });

    it('takes no more tickets once it is stopped', async () => {
      let calls = 0;
      const subscription = await broker.consume(
        TARGET,
        async (batch) => {
          calls += 1;
          return batch.map(() => DONE);
        },
        { batchSize: 1, concurrency: 1 },
      );
      await subscription.stop();
      await broker.publish(TARGET, tickets(2));
      await sleep(30);
      assert.equal(calls, 0);
      assert.equal(await broker.pending(TARGET), 2);
    });

    it('keeps what was published for the next process', async () => {
      await broker.publish(TARGET, tickets(5));
      const next = await world.reopen();
      assert.equal(await next.pending(TARGET), 5);
      const got: string[] = [];
      const subscription = await next.consume(
        TARGET,
        async (batch) => {
          got.push(...batch.map(({ messageId }) => messageId));
          return batch.map(() => DONE);
        },
        { batchSize: 10, concurrency: 1 },
      );
      await drained(next);
      await subscription.stop();
      assert.deepEqual(
        got,
        tickets(5).map(({ messageId }) => messageId),
      );
    });

    it('hears of what another process publishes', async () => {
      const other = await world.reopen();
      const got = Promise.withResolvers<string>();
      const subscription = await broker.consume(
        TARGET,
        async (batch) => {
          got.resolve(batch[0]?.messageId ?? '');
          return batch.map(() => DONE);
        },
        { batchSize: 1, concurrency: 1 },
      );
      await other.publish(TARGET, [{ messageId: 'from afar' }]);
      assert.equal(await got.promise, 'from afar');
      await subscription.stop();
    });
  });
}

function tickets(count: number): readonly Ticket[] {
  return Array.from({ length: count }, (_, at) => ({ messageId: `m${at}` }));
}

async function drained(broker: Broker, target = TARGET): Promise<void> {
  while ((await broker.pending(target)) > 0) await sleep(2);
}
