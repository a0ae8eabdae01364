import { comparable, type Json, type JsonObject } from '../../core/plugin.ts';
import { objectsIn } from './paged-list.ts';

/** What a service decides alone, so that an answer in which it differs tells nothing. */
export const DECIDED_THERE: ReadonlySet<string> = new Set(['schemas', 'id', '$ref']);

/** Members that were sent and that the answer's list lacks, where it shows a list at all. */
export function missingMembers(
  sent: Json | undefined,
  answered: Json | undefined,
): readonly JsonObject[] {
  if (!Array.isArray(answered)) return [];
  const held = new Set(objectsIn(answered).map(({ value }) => comparable(value)));
  return objectsIn(sent).filter(({ value }) => !held.has(comparable(value)));
}
