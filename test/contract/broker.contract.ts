import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, ConsumeOptions, Subscription } from '../../core/broker/broker.ts';
import type { Ticket } from '../../core/message/message.ts';

const TARGET = 'lms:itslearning';
const ONE_BY_ONE = { batchSize: 1, concurrency: 1 };

/** Every sentence of the Broker port as a test, for whatever carries the tickets. */
export function describeBroker(name: string, open: () => Promise<Broker>): void {
  describe(`the broker contract: ${name}`, () => {
    let broker: Broker;

    beforeEach(async () => {
      broker = await open();
    });
    afterEach(() => broker.close());

    /** Handles what is queued for the target, and what comes, until nothing is left. */
    async function handled(
      handle: (batch: readonly Ticket[]) => Promise<void>,
      options: ConsumeOptions,
      target = TARGET,
    ): Promise<void> {
      const subscription = await broker.consume(target, handle, options);
      await drained(subscription);
      await subscription.stop();
    }

    it('carries every ticket, in order, in batches no larger than asked', async () => {
      const sent = tickets(250);
      await broker.publish(TARGET, sent);
      const batches: (readonly Ticket[])[] = [];
      await handled(async (batch) => void batches.push(batch), { batchSize: 40, concurrency: 1 });
      assert.deepEqual(batches.flat(), sent);
      assert.ok(batches.every((batch) => batch.length <= 40));
    });

    it('keeps targets apart', async () => {
      await broker.publish(TARGET, tickets(3));
      await broker.publish('identity:scim', [{ messageId: 'other' }]);
      const got: Ticket[] = [];
      const collect = async (batch: readonly Ticket[]) => void got.push(...batch);
      await handled(collect, { batchSize: 10, concurrency: 1 }, 'identity:scim');
      assert.deepEqual(got, [{ messageId: 'other' }]);
      await handled(collect, { batchSize: 10, concurrency: 1 });
      assert.equal(got.length, 4);
    });

    it('hands a ticket to one worker at a time, and uses as many as allowed', async () => {
      await broker.publish(TARGET, tickets(40));
      const underWay = new Set<string>();
      let most = 0;
      await handled(
        async (batch) => {
          for (const { messageId } of batch) {
            assert.ok(!underWay.has(messageId));
            underWay.add(messageId);
          }
          most = Math.max(most, underWay.size);
          await sleep(5);
          for (const { messageId } of batch) underWay.delete(messageId);
        },
        { batchSize: 2, concurrency: 3 },
      );
      assert.equal(most, 6);
    });

    it('hands out what is published while somebody consumes', async () => {
      const got: Ticket[] = [];
      const collect = async (batch: readonly Ticket[]) => void got.push(...batch);
      const subscription = await broker.consume(TARGET, collect, ONE_BY_ONE);
      await broker.publish(TARGET, tickets(3));
      await drained(subscription);
      await subscription.stop();
      assert.deepEqual(got, tickets(3));
    });

    it('brings all tickets again whose handler threw', async () => {
      await broker.publish(TARGET, tickets(3));
      let calls = 0;
      const seen = new Set<string>();
      await handled(
        async (batch) => {
          calls += 1;
          if (calls === 1) throw new Error('a defect');
          for (const { messageId } of batch) seen.add(messageId);
        },
        { batchSize: 3, concurrency: 1 },
      );
      assert.equal(seen.size, 3);
    });

    it('brings to the next worker what one left unhandled', async () => {
      await broker.publish(TARGET, tickets(3));
      const hasThrown = Promise.withResolvers<void>();
      const dying = await broker.consume(
        TARGET,
        async () => {
          hasThrown.resolve();
          throw new Error('it dies');
        },
        { batchSize: 2, concurrency: 1 },
      );
      await hasThrown.promise;
      await dying.stop();
      const seen = new Set<string>();
      await handled(
        async (batch) => {
          for (const { messageId } of batch) seen.add(messageId);
        },
        { batchSize: 2, concurrency: 1 },
      );
      assert.deepEqual([...seen].sort(), ['m0', 'm1', 'm2']);
    });

    it('tells who publishes when few enough are left, those under way included', async () => {
      await broker.publish(TARGET, tickets(4));
      const { signal } = new AbortController();
      let handledSoFar = 0;
      const subscription = await broker.consume(
        TARGET,
        async () => {
          await sleep(10);
          handledSoFar += 1;
        },
        ONE_BY_ONE,
      );
      await subscription.untilLeft(4, signal);
      assert.equal(handledSoFar, 0);
      await subscription.untilLeft(2, signal);
      assert.ok(handledSoFar >= 2);
      await subscription.untilLeft(0, signal);
      assert.equal(handledSoFar, 4);
      await subscription.stop();
    });

    it('keeps nobody waiting whose signal fires', async () => {
      await broker.publish(TARGET, tickets(1));
      const handling = Promise.withResolvers<void>();
      const subscription = await broker.consume(TARGET, () => handling.promise, ONE_BY_ONE);
      await subscription.untilLeft(0, AbortSignal.timeout(10));
      handling.resolve();
      await subscription.stop();
    });

    it('tells how many tickets nobody has taken, and how many are in hand', async () => {
      await broker.publish(TARGET, tickets(3));
      while ((await broker.ready(TARGET)) !== 3) await sleep(10);
      const handling = Promise.withResolvers<void>();
      const subscription = await broker.consume(TARGET, () => handling.promise, ONE_BY_ONE);
      while ((await broker.ready(TARGET)) !== 2) await sleep(10);
      assert.equal(broker.inHand()[TARGET], 1);
      handling.resolve();
      await drained(subscription);
      await subscription.stop();
      assert.deepEqual([await broker.ready(TARGET), broker.inHand()[TARGET] ?? 0], [0, 0]);
    });

    it('has handled what was under way when it has stopped', async () => {
      await broker.publish(TARGET, tickets(2));
      let isHandled = false;
      const begun = Promise.withResolvers<void>();
      const subscription = await broker.consume(
        TARGET,
        async () => {
          begun.resolve();
          await sleep(30);
          isHandled = true;
        },
        { batchSize: 2, concurrency: 1 },
      );
      await begun.promise;
      await subscription.stop();
      assert.equal(isHandled, true);
    });

    it('takes no more tickets once it is stopped', async () => {
      let calls = 0;
      const subscription = await broker.consume(TARGET, async () => void calls++, ONE_BY_ONE);
      await subscription.stop();
      await broker.publish(TARGET, tickets(2));
      await sleep(30);
      assert.equal(calls, 0);
    });
  });
}

function tickets(count: number): readonly Ticket[] {
  return Array.from({ length: count }, (_, at) => ({ messageId: `m${at}` }));
}

function drained(subscription: Subscription): Promise<void> {
  return subscription.untilLeft(0, AbortSignal.timeout(20_000));
}
