import assert from 'node:assert/strict';
import { isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';

/** What no port of its own lists. */
export const SMALL_TABLES = [
  'value',
  'former',
  'atOnce',
  'ending',
  'audit',
  'inbox',
  'served',
] as const;
export type SmallTable = (typeof SMALL_TABLES)[number];

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

/** The fields of a row whose value is an object. */
export function fieldsOf(value: Json): JsonObject {
  assert.ok(isObject(value), 'a row of this table has fields');
  return value;
}
