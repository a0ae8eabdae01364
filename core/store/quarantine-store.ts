import type { JsonObject } from '../message/message.ts';

/** A record that could not be taken in, as it came. */
export interface QuarantinedRecord {
  /** The id of the message about it. */
  readonly id: string;
  readonly source: string;
  readonly stream: string;
  readonly value: JsonObject;
  readonly file: string;
  readonly line: number;
  /** Whose mappings were to read it; not known of those that older versions have kept. */
  readonly connector?: string;
  /** Not all of it could be read: what could says whose it is, and it is not tried again. */
  readonly isUnread?: true;
}

/** Records that could not be taken in wait here until an intake that settles them is applied. */
export interface QuarantineStore {
  /** One that has come anew takes the older one's place. */
  put(records: readonly QuarantinedRecord[]): Promise<void>;
  /** In the order in which they came. */
  scan(source: string): AsyncIterable<readonly QuarantinedRecord[]>;
  remove(ids: readonly string[]): Promise<void>;
}
