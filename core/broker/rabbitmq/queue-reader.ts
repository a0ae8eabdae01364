import { type Channel, type ChannelModel, type ConsumeMessage, connect } from 'amqplib';
import { TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { systemFault } from '../../failure/system-fault.ts';

/** A queue of a city's own message broker, from which a system's events are read. */
export interface QueueOptions {
  /** `amqp:` or `amqps:`, with the login in it. */
  readonly url: string;
  /** Its name; it must be there. */
  readonly name: string;
  /** PEM text of the certificate authority, where the machine does not know it. */
  readonly ca?: string;
}

/** A message of a queue, as far as its sender says anything of it. */
export interface QueueMessage {
  /** As it was sent. */
  readonly body: Uint8Array;
  /** The sender's id of it. */
  readonly id: string | null;
  /** What it is. */
  readonly type: string | null;
}

const CONNECT_MS = 10_000;
/** Messages that are on their way here while one is being kept. */
const AHEAD = 50;

type Take = (message: QueueMessage) => Promise<void>;

/** Reads a queue until the signal fires; see readQueue in core/broker/queue.ts. */
export async function consumeQueue(
  options: QueueOptions,
  take: Take,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  signal.addEventListener('abort', end, { once: true });
  const reading = new Reading(options.name, take, over.reject);
  try {
    await reading.begin(options);
    await over.promise;
  } finally {
    signal.removeEventListener('abort', end);
    await reading.end();
  }
}

/** One connection with one consumer, which takes a message at a time. */
class Reading {
  readonly #name: string;
  readonly #take: Take;
  readonly #onFailed: (cause: unknown) => void;
  #model: ChannelModel | null = null;
  #last: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(name: string, take: Take, onFailed: (cause: unknown) => void) {
    this.#name = name;
    this.#take = take;
    this.#onFailed = onFailed;
  }

  async begin({ url, name, ca }: QueueOptions): Promise<void> {
    try {
      this.#model = await connect(url, {
        ...(ca === undefined ? {} : { ca }),
        timeout: CONNECT_MS,
      });
      // A driver's `error` that nobody hears would end the process.
      this.#model.on('error', this.#lost).on('close', this.#lost);
      const channel = await this.#model.createChannel();
      channel.on('error', this.#lost).on('close', this.#lost);
      await channel.checkQueue(name);
      await channel.prefetch(AHEAD);
      await channel.consume(name, (message) => {
        if (message === null) return this.#lost(new Error('the queue was deleted'));
        this.#last = this.#last.then(() => this.#takeOne(channel, message));
      });
    } catch (cause) {
      throw this.#failureOf(cause);
    }
  }

  /** What was handed out and not acknowledged goes back to the queue, with the connection. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.#last;
    await this.#model?.close().catch(() => undefined);
  }

  async #takeOne(channel: Channel, message: ConsumeMessage): Promise<void> {
    if (this.#isOver) return;
    try {
      await this.#take(messageOf(message));
    } catch (cause) {
      this.#isOver = true;
      this.#onFailed(cause);
      return;
    }
    try {
      channel.ack(message);
    } catch (cause) {
      // The channel has ended meanwhile: the message comes again, and is known by its id.
      this.#lost(cause);
    }
  }

  readonly #lost = (cause: unknown): void => this.#onFailed(this.#failureOf(cause));

  /** The driver's words name the address and the queue, and no login. */
  #failureOf(cause: unknown): TransientFailure {
    const text = cause instanceof Error ? cause.message : 'the connection is closed';
    return new TransientFailure(
      'CONNECTION_LOST',
      saying('queueSays', { name: this.#name, why: systemFault(cause) ?? text }),
      { cause },
    );
  }
}

function messageOf({ content, properties }: ConsumeMessage): QueueMessage {
  const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  return { body: content, id: textOf(properties.messageId), type: textOf(properties.type) };
}
