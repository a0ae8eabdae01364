import type { Ticket, Verdict } from '../message/message.ts';

/** Carries tickets at least once. Order within a target is kept as long as nothing is retried. */
export interface Broker {
  /** Resolves when the tickets are safe. A ticket that is already queued may be carried twice. */
  publish(target: string, tickets: readonly Ticket[]): Promise<void>;
  /**
   * Hands tickets of a target to `handle`, in batches. The verdicts answer them one for one. If
   * `handle` throws, all of its tickets come again after a pause.
   */
  consume(
    target: string,
    handle: (tickets: readonly Ticket[]) => Promise<readonly Verdict[]>,
    options: ConsumeOptions,
  ): Promise<Subscription>;
  /**
   * Tickets of a target that nobody has settled yet, those under way included. Throws what has kept
   * the broker itself from handing out tickets since the last `consume`.
   */
  pending(target: string): Promise<number>;
  /** Forgets the tickets of a target that nobody consumes: nothing is left for them to fetch. */
  clear(target: string): Promise<void>;
  close(): Promise<void>;
}

export interface ConsumeOptions {
  readonly batchSize: number;
  /** Batches under way at once. */
  readonly concurrency: number;
}

export interface Subscription {
  /** Takes no more tickets, and resolves when the batches under way are settled. */
  stop(): Promise<void>;
}
