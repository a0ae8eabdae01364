import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { Failure } from '../../failure/failure.ts';
import type { Ticket } from '../../message/message.ts';
import type { ConsumeOptions, Subscription } from '../broker.ts';
import { brokerOut } from './connection.ts';

/** Pause of a worker whose batch threw, before it takes another one. */
const AFTER_DEFECT_MS = 1000;
/** After so long without a ticket it is looked whether there are any. */
const LOOK_AGAIN_MS = 250;
/** A queue that is seen empty so often in a row has lost what we sent to it. */
const EMPTY_LOOKS = 2;

/** Tickets of one target that this process has published, and nobody has handled yet. */
export interface Sent {
  /** Stands in each of them. */
  readonly publisher: string;
  unsettled: number;
}

/** The one consumer of a queue: workers that take batches, and acknowledge what is handled. */
export class RabbitSubscription implements Subscription {
  readonly #channel: Channel;
  readonly #queue: string;
  readonly #sent: Sent;
  readonly #handle: (tickets: readonly Ticket[]) => Promise<void>;
  readonly #options: ConsumeOptions;
  readonly #changed = new EventEmitter().setMaxListeners(0);
  readonly #stop = new AbortController();
  #waiting: ConsumeMessage[] = [];
  #underWay = 0;
  #failure: Failure | null = null;
  #consumer = '';
  #workers: readonly Promise<void>[] = [];

  constructor(
    channel: Channel,
    queue: string,
    sent: Sent,
    handle: (tickets: readonly Ticket[]) => Promise<void>,
    options: ConsumeOptions,
  ) {
    this.#channel = channel;
    this.#queue = queue;
    this.#sent = sent;
    this.#handle = handle;
    this.#options = options;
  }

  async begin(): Promise<void> {
    const { batchSize, concurrency } = this.#options;
    this.#channel.on('error', this.lost);
    await this.#channel.prefetch(batchSize * concurrency);
    const { consumerTag } = await this.#channel.consume(this.#queue, (message) => {
      if (message === null) return this.lost(new Error('the queue was deleted'));
      this.#waiting.push(message);
      this.#changed.emit('change');
    });
    this.#consumer = consumerTag;
    this.#workers = Array.from({ length: concurrency }, () => this.#work());
  }

  async untilLeft(most: number, signal: AbortSignal): Promise<void> {
    for (let empty = 0; !signal.aborted; ) {
      if (this.#failure !== null) throw this.#failure;
      if (Math.max(this.#sent.unsettled, this.inHand) <= most) return;
      const isQuiet = !(await this.#change(signal, LOOK_AGAIN_MS));
      empty = isQuiet && (await this.#isEmpty()) ? empty + 1 : 0;
      if (empty === EMPTY_LOOKS) this.#sent.unsettled = 0;
    }
  }

  /** Tickets that were handed out to us, and are not acknowledged. */
  get inHand(): number {
    return this.#waiting.length + this.#underWay;
  }

  /** What was handed out and not begun goes back to the queue, with the channel. */
  async stop(): Promise<void> {
    this.#stop.abort();
    if (this.#failure === null) {
      await this.#channel.cancel(this.#consumer).catch(() => undefined);
    }
    await Promise.all(this.#workers);
    await this.#channel.close().catch(() => undefined);
  }

  /** The channel or its connection has ended: nothing more will come on it. */
  readonly lost = (cause?: Error): void => {
    this.#failure ??= brokerOut(cause);
    this.#waiting = [];
    this.#changed.emit('change');
  };

  /**
   * Whether nothing is left, whatever we have sent: somebody has emptied the queue, or another
   * process has handled it. The broker's own count may lag behind by a moment.
   */
  async #isEmpty(): Promise<boolean> {
    try {
      const { messageCount } = await this.#channel.checkQueue(this.#queue);
      return messageCount === 0 && this.inHand === 0;
    } catch (cause) {
      this.lost(cause instanceof Error ? cause : undefined);
      return false;
    }
  }

  async #work(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted && this.#failure === null) {
      const batch = this.#waiting.splice(0, this.#options.batchSize);
      if (batch.length === 0) {
        await this.#change(signal);
        continue;
      }
      this.#underWay += batch.length;
      const isHandled = await this.#handle(batch.map(ticketOf)).then(
        () => true,
        () => false,
      );
      this.#underWay -= batch.length;
      this.#settle(batch, isHandled);
      this.#changed.emit('change');
      if (!isHandled) await sleep(AFTER_DEFECT_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /**
   * What was not handled is kept here, unacknowledged, and handed out again. On a channel that is
   * lost there is nothing to settle: its tickets come again by themselves.
   */
  #settle(batch: readonly ConsumeMessage[], isHandled: boolean): void {
    if (this.#failure !== null) return;
    if (!isHandled) {
      this.#waiting.push(...batch);
      return;
    }
    for (const message of batch) this.#channel.ack(message);
    const own = batch.filter(({ properties }) => properties.appId === this.#sent.publisher);
    this.#sent.unsettled = Math.max(0, this.#sent.unsettled - own.length);
  }

  /** True when something has changed, false where the signal fired or the time has passed. */
  async #change(signal: AbortSignal, ms?: number): Promise<boolean> {
    const signals = ms === undefined ? [signal] : [signal, AbortSignal.timeout(ms)];
    const change = once(this.#changed, 'change', { signal: AbortSignal.any(signals) });
    return change.then(
      () => true,
      () => false,
    );
  }
}

function ticketOf({ content }: ConsumeMessage): Ticket {
  const { m: messageId }: { m: string } = JSON.parse(content.toString());
  return { messageId };
}
