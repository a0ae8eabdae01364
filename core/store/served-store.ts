import type { JsonObject } from '../message/message.ts';

/** An object of a served target, as its client may fetch it. Times are epoch milliseconds. */
export interface ServedRow {
  /** As the ledger knows it. */
  readonly key: string;
  /** Null: it is gone, and nothing but its key and the time is kept. */
  readonly object: JsonObject | null;
  /** When it was confirmed first; of one that is gone: when it went. */
  readonly createdAt: number;
  /** When it was confirmed last, or went. */
  readonly changedAt: number;
}

/** Which rows of a kind, and from where on. Times are epoch milliseconds, and exclusive. */
export interface ServedQuery {
  /** `key`: a row stays in its place, whatever changes; `change`: the last changed come last. */
  readonly order: 'key' | 'change';
  /** The row after which to begin; null: with the first. */
  readonly after: Pick<ServedRow, 'key' | 'changedAt'> | null;
  /** Rows to leave out after that. */
  readonly skip?: number;
  /** Most rows. */
  readonly limit: number;
  /** What is gone, in place of what is there. */
  readonly gone: boolean;
  /** When they changed. */
  readonly changed: Span;
  /** When they came. */
  readonly created: Span;
}

/** Later than the one, earlier than the other; null: without an end on this side. */
export interface Span {
  /** Where it begins, itself left out. */
  readonly after: number | null;
  /** Where it ends, itself left out. */
  readonly before: number | null;
}

/** When the objects of targets that clients fetch from us came, changed and went. */
export interface ServedStore {
  page(target: string, objectKind: string, query: ServedQuery): Promise<readonly ServedRow[]>;
  /** Those of them that are there, in no order. */
  byKeys(
    target: string,
    objectKind: string,
    keys: readonly string[],
  ): Promise<readonly ServedRow[]>;
  /** How many are there, of those that changed and were created then. */
  count(
    target: string,
    objectKind: string,
    spans: Pick<ServedQuery, 'changed' | 'created'>,
  ): Promise<number>;
  /** Forgets what went before an instant (epoch milliseconds); answers how many. */
  purge(before: number): Promise<number>;
}
