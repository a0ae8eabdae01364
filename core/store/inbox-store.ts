import type { JsonObject } from '../message/message.ts';

/** One thing that has happened, as a system told it. */
export interface InboxEvent {
  /** What it is about: of one key the latest counts. */
  readonly key: string;
  /** When it was so, as the sender says; epoch milliseconds. */
  readonly at: number;
  /** What the connector's source makes a record of. */
  readonly content: JsonObject;
}

/** What a system has sent in one piece. */
export interface InboxDelivery {
  /** The sender's own id of it. */
  readonly id: string;
  /** Of what was sent: the same id with another one is another delivery under a used id. */
  readonly digest: string;
  /** In their order. */
  readonly events: readonly InboxEvent[];
}

/** An event in the inbox. */
export interface KeptEvent extends InboxEvent {
  /** Ascending in the order in which events were kept: no lower one appears later. */
  readonly number: number;
  /** The id of its delivery. */
  readonly delivery: string;
  /** Its place in the delivery, from 0. */
  readonly place: number;
}

/** What systems send by themselves, from before it is answered until it is taken in. */
export interface InboxStore {
  /**
   * Keeps a delivery: once the call has ended, no crash and no power cut takes it. One that is
   * kept already stays as it is. False, and nothing is kept, where its id was used with another
   * digest.
   */
  keep(source: string, delivery: InboxDelivery, now: number): Promise<boolean>;
  /**
   * What came after that number, in its order, without what a later event about the same key has
   * overtaken, whether that is still to be taken in or not.
   */
  after(source: string, number: number): AsyncIterable<readonly KeptEvent[]>;
  /** The number of the newest event; 0 if there is none. */
  newest(source: string): Promise<number>;
  /** Forgets what events said, up to that number; that they came is remembered. */
  empty(source: string, upTo: number): Promise<void>;
  /** Keys of which nothing waits, and nothing was kept at this instant or later. */
  silent(source: string, before: number): AsyncIterable<readonly string[]>;
  /**
   * Forgets that emptied events ever came, of those kept before this instant, of one source or of
   * all; answers how many.
   */
  purge(before: number, source?: string): Promise<number>;
}
