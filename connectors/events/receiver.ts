import { hash } from 'node:crypto';
import {
  type ConnectorContext,
  type InboxDelivery,
  type InboxEvent,
  type QueueMessage,
  type QueueOptions,
  type ReceivedCall,
  type Receiver,
  type Refusal,
  RefusedFailure,
  readQueue,
  unsigned,
} from '../../core/plugin.ts';
import type { Unreadable } from './event.ts';
import type { EventLayout, Options, WebhookOptions } from './options.ts';
import { EventReading, malformed, type Sending } from './reading.ts';
import { Signatures } from './signature.ts';

const JSON_TYPE = /^application\/(?:[a-z.-]+\+)?json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;
/** Of a queue, whose messages are not signed: how far its senders' clocks may be ahead. */
const QUEUE_TOLERANCE_MS = 300_000;
/** Longer ids of messages are named by their digest. */
const MESSAGE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** Takes calls and messages of any system whose records a layout declares. */
export class EventReceiver implements Receiver {
  readonly maxBytes: number;
  readonly receive?: (call: ReceivedCall) => Promise<InboxDelivery | Refusal>;
  readonly consume?: NonNullable<Receiver['consume']>;
  readonly #reading: EventReading;
  readonly #layout: EventLayout;
  readonly #now: () => number;

  constructor(layout: EventLayout, { options, now }: ConnectorContext<Options>) {
    const { webhook, queue, maxBytes } = options;
    this.#reading = new EventReading(layout, options);
    this.#layout = layout;
    this.#now = now;
    this.maxBytes = maxBytes;
    if (webhook !== undefined) {
      const signatures = new Signatures(webhook);
      this.receive = (call) => this.#receive(call, signatures, webhook);
    }
    if (queue !== undefined) {
      this.consume = (keep, signal) => this.#consume(queue, keep, signal);
    }
  }

  /** Who cannot sign learns nothing, not even what a body must look like. */
  async #receive(
    call: ReceivedCall,
    signatures: Signatures,
    { toleranceSeconds }: WebhookOptions,
  ): Promise<InboxDelivery | Refusal> {
    const signed = signatures.check(call);
    if (signed === null) return unsigned();
    const now = this.#now();
    const toleranceMs = toleranceSeconds * 1000;
    if (Math.abs(now - signed.signedAt) > toleranceMs) return atAnotherTime(toleranceSeconds);
    const stream = this.#reading.streamOf(call.path);
    if (stream === undefined) return refused(404, malformed('there is no such stream'));
    const { 'content-type': type = '', 'content-encoding': coding = 'identity' } = call.headers;
    if (!JSON_TYPE.test(String(type)) || coding !== 'identity') {
      return refused(415, malformed('the body is to be application/json in UTF-8, unpacked'));
    }
    try {
      const sending = { now, toleranceMs };
      const { events, refused: faults } = await this.#reading.read(stream, call.body, sending);
      // Whoever calls mends it and calls again: half a call is kept of nobody.
      if (faults[0] !== undefined) return refused(422, faults[0]);
      return { id: signed.id, digest: digestOf(call.body), events };
    } catch (failure) {
      if (!(failure instanceof RefusedFailure)) throw failure;
      return refused(422, failure);
    }
  }

  async #consume(
    queue: QueueOptions,
    keep: (delivery: InboxDelivery) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const take = async (message: QueueMessage) => {
      const digest = digestOf(message.body);
      const id = MESSAGE_ID.test(message.id ?? '') ? (message.id ?? '') : digest;
      await keep({ id, digest, events: await this.#eventsOf(message, id) });
    };
    await readQueue(queue, take, signal);
  }

  /**
   * The events of a message. What cannot be read, all of it or one record, is kept as such: to give
   * it back would bring it again and again, and to acknowledge it without a word would lose it.
   */
  async #eventsOf({ body, type }: QueueMessage, id: string): Promise<readonly InboxEvent[]> {
    const sending: Sending = { now: this.#now(), toleranceMs: QUEUE_TOLERANCE_MS };
    const stream = this.#reading.streamOf(type ?? '');
    try {
      if (stream === undefined) throw malformed('its type names no stream');
      if (body.length > this.maxBytes) throw malformed(`it has more than ${this.maxBytes} bytes`);
      const { events, refused: faults } = await this.#reading.read(stream, body, sending);
      const unreadable = faults.map((one, at) => {
        return this.#unreadable(`${id} ${at + 1}`, stream, one, sending);
      });
      return [...events, ...unreadable];
    } catch (failure) {
      if (!(failure instanceof RefusedFailure)) throw failure;
      return [this.#unreadable(id, stream, failure, sending)];
    }
  }

  #unreadable(
    name: string,
    stream: string | undefined,
    { place, message }: RefusedFailure,
    { now }: Sending,
  ): InboxEvent {
    const [first = ''] = Object.keys(this.#layout.streams);
    const field = place?.field ?? null;
    const content: Unreadable = { stream: stream ?? first, fault: message, field };
    return { key: `unreadable ${name}`, at: now, content: { ...content } };
  }
}

function atAnotherTime(toleranceSeconds: number): Refusal {
  const text = `webhook-timestamp is more than ${toleranceSeconds} seconds from our clock: sign anew when it is sent again`;
  return { status: 401, failure: new RefusedFailure('EVENT_UNSIGNED', text) };
}

function refused(status: number, failure: RefusedFailure): Refusal {
  return { status, failure };
}

function digestOf(body: Uint8Array): string {
  return hash('sha256', body, 'base64url');
}
