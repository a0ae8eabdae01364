import { randomUUID } from 'node:crypto';
import type { Channel } from 'amqplib';
import { inBatches } from '../../message/batches.ts';
import type { Ticket } from '../../message/message.ts';
import type { Broker, ConsumeOptions, Subscription } from '../broker.ts';
import { Connection, type RabbitOptions } from './connection.ts';
import { RabbitSubscription, type Sent } from './subscription.ts';

/** Tickets that are handed over before the broker must have confirmed them. */
const CONFIRMED_TOGETHER = 1000;
/** A ticket that so many workers died of is dropped: its message stays open in the store. */
const DELIVERIES = 20;
/** Whoever asks whether it is there does not wait for as long as whoever works. */
const REACH_MS = 5000;

/**
 * Tickets in quorum queues of RabbitMQ, one for each target of a workspace. One consumer at a time
 * has a queue, so that whoever conducts a target knows all that is under way there; where its
 * process dies, the tickets come to the next one. Calls throw BROKER_OUT while it is not reached.
 */
export class RabbitBroker implements Broker {
  readonly #workspace: string;
  readonly #publishing: Connection;
  readonly #consuming: Connection;
  /** With their targets. */
  readonly #subscriptions = new Map<RabbitSubscription, string>();
  readonly #publisher = randomUUID();
  readonly #sent = new Map<string, Sent>();

  /** `workspace` keeps workspaces of one broker apart. */
  constructor(workspace: string, options: RabbitOptions) {
    this.#workspace = workspace;
    this.#publishing = new Connection(options);
    this.#consuming = new Connection(options);
  }

  publish(target: string, tickets: readonly Ticket[]): Promise<void> {
    return this.#publishing.use(async () => {
      const channel = await this.#publishing.confirming();
      const queue = await this.#declare(channel, target);
      const about = { persistent: true, mandatory: true, appId: this.#publisher };
      for (const batch of inBatches(tickets, CONFIRMED_TOGETHER)) {
        this.#sentTo(target).unsettled += batch.length;
        for (const ticket of batch) channel.sendToQueue(queue, written(ticket), about);
        await channel.waitForConfirms();
      }
    });
  }

  consume(
    target: string,
    handle: (tickets: readonly Ticket[]) => Promise<void>,
    options: ConsumeOptions,
  ): Promise<Subscription> {
    return this.#consuming.use(async () => {
      const model = await this.#consuming.model();
      const channel = await model.createChannel();
      const queue = await this.#declare(channel, target);
      const sent = this.#sentTo(target);
      const subscription = new RabbitSubscription(channel, queue, sent, handle, options);
      model.once('close', subscription.lost);
      await subscription.begin();
      this.#subscriptions.set(subscription, target);
      return {
        untilLeft: (most, signal) => subscription.untilLeft(most, signal),
        stop: async () => {
          await subscription.stop();
          model.off('close', subscription.lost);
          this.#subscriptions.delete(subscription);
        },
      };
    });
  }

  ready(target: string): Promise<number> {
    return this.#publishing.use(async () => {
      const channel = await this.#publishing.confirming();
      const queue = await this.#declare(channel, target);
      return (await channel.checkQueue(queue)).messageCount;
    }, REACH_MS);
  }

  inHand(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const [{ inHand }, target] of this.#subscriptions) {
      counts[target] = (counts[target] ?? 0) + inHand;
    }
    return counts;
  }

  /** A channel is opened: a connection that is lost may look whole for as long as nobody asks. */
  reach(): Promise<void> {
    return this.#publishing.use(async () => {
      const model = await this.#publishing.model();
      const channel = await model.createChannel();
      await channel.close();
    }, REACH_MS);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#subscriptions.keys()].map((one) => one.stop()));
    await Promise.all([this.#publishing.close(), this.#consuming.close()]);
  }

  #sentTo(target: string): Sent {
    const own = this.#sent.get(target) ?? { publisher: this.#publisher, unsettled: 0 };
    this.#sent.set(target, own);
    return own;
  }

  async #declare(channel: Channel, target: string): Promise<string> {
    const { queue } = await channel.assertQueue(`skolnav.${this.#workspace}.${target}`, {
      durable: true,
      arguments: {
        'x-queue-type': 'quorum',
        'x-single-active-consumer': true,
        'x-delivery-limit': DELIVERIES,
      },
    });
    return queue;
  }
}

/** A ticket names a message and says nothing of what is in it. */
function written({ messageId }: Ticket): Buffer {
  return Buffer.from(JSON.stringify({ m: messageId }));
}
