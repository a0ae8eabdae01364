import type { Ticket } from '../message/message.ts';

/**
 * Brings tickets to whoever works for their target, at least once: a ticket may come late, twice,
 * or for a message that is settled by then, and nothing is decided from it. The store is the truth;
 * whoever conducts a target publishes again what is open there, whatever has become of its tickets.
 */
export interface Broker {
  /** Resolves when the tickets are queued. Those of one target go in order while nothing fails. */
  publish(target: string, tickets: readonly Ticket[]): Promise<void>;
  /**
   * Hands tickets of a target to `handle`, in batches, until it is stopped. Where `handle` throws,
   * the tickets of its batch come again, here or to the next who consumes.
   */
  consume(
    target: string,
    handle: (tickets: readonly Ticket[]) => Promise<void>,
    options: ConsumeOptions,
  ): Promise<Subscription>;
  /** How many tickets of a target nobody has taken yet; throws what keeps it from saying so. */
  ready(target: string): Promise<number>;
  /** How many tickets this process has taken and not handled yet, by target. */
  inHand(): Readonly<Record<string, number>>;
  /** Throws what keeps it from taking tickets. */
  reach(): Promise<void>;
  close(): Promise<void>;
}

export interface ConsumeOptions {
  readonly batchSize: number;
  /** Batches under way at once. */
  readonly concurrency: number;
}

export interface Subscription {
  /**
   * Resolves when at most so many tickets of the target are queued or under way, or when the signal
   * fires: who publishes more than that waits for it (back-pressure). Throws what keeps the broker
   * from handing tickets out.
   */
  untilLeft(most: number, signal: AbortSignal): Promise<void>;
  /** Takes no more tickets, and resolves when the batches under way are handled. */
  stop(): Promise<void>;
}
