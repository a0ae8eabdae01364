import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { Failure, TransientFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { systemFault } from '../../failure/system-fault.ts';

export interface RabbitOptions {
  /** `amqp:` or `amqps:`, with the login in it. */
  readonly url: string;
  /** PEM texts of the certificate authority and of a client certificate, where the broker asks. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** How long the broker may be silent when it is to answer, in milliseconds; half a minute. */
  readonly answerMs?: number;
}

const CONNECT_MS = 10_000;
const ANSWER_MS = 30_000;
/** Whoever has said nothing for twice as long is gone: a connection may hang and never close. */
const HEARTBEAT_S = 10;
/** So long the broker may take to answer that we go. */
const GOODBYE_MS = 2000;

/** A connection that is made when it is first needed, and made anew once it is lost. */
export class Connection {
  readonly #options: RabbitOptions;
  #model: Promise<ChannelModel> | null = null;
  #confirming: Promise<ConfirmChannel> | null = null;
  /** Why the broker takes nothing at the moment, in its own words; null while it does. */
  #blockedBy: string | null = null;

  constructor(options: RabbitOptions) {
    this.#options = options;
  }

  /** Throws BROKER_OUT while the broker cannot be reached. */
  model(): Promise<ChannelModel> {
    this.#model ??= this.#connect();
    return this.#model;
  }

  /** The one channel on which this process publishes. */
  confirming(): Promise<ConfirmChannel> {
    this.#confirming ??= this.model().then((model) => model.createConfirmChannel());
    return this.#confirming;
  }

  /**
   * Does what the broker must answer. One that says nothing for too long, as a queue without a
   * leader does, is as good as out: the connection is given up. One whose disk is full says that it
   * takes nothing, and then nothing more.
   */
  async use<T>(work: () => Promise<T>, answerMs = this.#options.answerMs ?? ANSWER_MS): Promise<T> {
    const silence = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      // Not waited for: who does not answer does not answer to that either.
      const blockedBy = this.#blockedBy;
      this.close();
      silence.reject(
        blockedBy === null
          ? new Error(`no answer for ${answerMs / 1000} s`)
          : new TransientFailure('BROKER_OUT', saying('brokerBlocked', { why: blockedBy })),
      );
    }, answerMs);
    try {
      return await Promise.race([work(), silence.promise]);
    } catch (cause) {
      throw brokerOut(cause);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    const model = this.#model;
    this.#forget();
    const known = (await model?.catch(() => null)) ?? null;
    if (known === null) return;
    const isOver = new AbortController();
    const late = sleep(GOODBYE_MS, undefined, { signal: isOver.signal }).catch(() => undefined);
    await Promise.race([known.close().catch(() => undefined), late]);
    isOver.abort();
    cut(known);
  }

  async #connect(): Promise<ChannelModel> {
    const { url, tls = {} } = this.#options;
    try {
      const model = await connect(withHeartbeat(url), {
        ...tls,
        timeout: CONNECT_MS,
        noDelay: true,
      });
      // A lost connection is told by what was under way on it; the next call makes another.
      model.on('error', () => undefined);
      model.on('blocked', (reason: string) => {
        this.#blockedBy = reason;
      });
      model.on('unblocked', () => {
        this.#blockedBy = null;
      });
      model.on('close', () => {
        this.#forget();
        cut(model);
      });
      return model;
    } catch (cause) {
      this.#forget();
      throw brokerOut(cause);
    }
  }

  #forget(): void {
    this.#model = null;
    this.#confirming = null;
    this.#blockedBy = null;
  }
}

/** The socket of a broker that hangs would stay open after all, and keep the process up. */
function cut({ connection }: ChannelModel): void {
  const stream: unknown = Reflect.get(connection, 'stream');
  if (stream instanceof Duplex) stream.destroy();
}

function withHeartbeat(url: string): string {
  if (/[?&]heartbeat=/.test(url)) return url;
  return `${url}${url.includes('?') ? '&' : '?'}heartbeat=${HEARTBEAT_S}`;
}

/** What the driver threw, as a failure that passes; its text may name the address, no login. */
export function brokerOut(cause: unknown): Failure {
  if (cause instanceof Failure) return cause;
  const text = cause instanceof Error ? cause.message : 'the connection is closed';
  const why = systemFault(cause) ?? text;
  return new TransientFailure('BROKER_OUT', saying('brokerSays', { why }), { cause });
}
