import { sayPlaces } from '../../failure/saying.ts';
import type { Saying } from '../../message/message.ts';
import type { Part } from '../../store/intake-store.ts';
import type { Store } from '../../store/store.ts';

/** Where some of `count` entities are said to have a field: file and line, never the value. */
export async function whereSaid(
  { entities }: Store,
  kind: string,
  field: string,
  some: readonly string[],
  count: number,
): Promise<string | Saying> {
  const places: Part[] = [];
  for (const id of some) {
    const parts = await entities.parts({ kind, id });
    const speaker = parts.find(({ content }) => field in content);
    if (speaker !== undefined) places.push(speaker);
  }
  return sayPlaces(places, count);
}
