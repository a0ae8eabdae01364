import type { Json } from '../../message/message.ts';

/** What is kept in few rows, and no port of its own lists. */
export type SmallTable = 'value' | 'former' | 'atOnce' | 'ending' | 'audit' | 'inbox';

/** One of them, as it is in any store. */
export interface SmallRow {
  readonly table: SmallTable;
  readonly key: readonly string[];
  readonly value: Json;
}

/** For whoever moves all that is kept from one store into another. */
export interface SmallRowStore {
  all(): AsyncIterable<readonly SmallRow[]>;
  /** Writes rows as they are, in the place of those that were there. */
  put(rows: readonly SmallRow[]): Promise<void>;
}
