import { isObject, type Json } from '../../core/plugin.ts';

/** Where the next read may begin; epoch milliseconds of our clock. */
export interface Checkpoint {
  /** The moment at which the last read began. */
  readonly readAt: number;
  /** The moment at which the last read of everything began. */
  readonly wholeAt: number;
}

/** The checkpoint as it was kept; null where there is none. */
export function checkpointOf(since: Json): Checkpoint | null {
  if (!isObject(since)) return null;
  const { readAt, wholeAt } = since;
  return typeof readAt === 'number' && typeof wholeAt === 'number' ? { readAt, wholeAt } : null;
}
