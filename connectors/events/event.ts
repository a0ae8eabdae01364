import type { JsonObject } from '../../core/plugin.ts';

/** What an event in the inbox holds: a record as its layout gives it, or why there is none. */
export type Content = Said | Unreadable;

export interface Said {
  readonly stream: string;
  readonly operation: 'upsert' | 'delete';
  readonly value: JsonObject;
}

/** Of a message of a queue, whose sender cannot be told; nothing of it is kept. */
export interface Unreadable {
  readonly stream: string;
  readonly fault: string;
  readonly field: string | null;
}
