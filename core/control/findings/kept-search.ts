import type { Finding } from '../../failure/finding.ts';
import { knownFailure } from '../../failure/known.ts';
import { isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import type { Store } from '../../store/store.ts';

/**
 * What a search through all that is kept has found. Of a city it takes half a second, so it is kept
 * with the state that was searched: whoever asks next, in whatever process, need not search again.
 */
export async function searchOnce(
  store: Pick<Store, 'getValue' | 'putValue'>,
  name: string,
  state: string,
  search: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const kept = await store.getValue(nameOf(name));
  if (isObject(kept) && kept['state'] === state) return readFindings(kept['found'] ?? null);
  const found = await search();
  // SAFETY: these findings hold texts alone.
  await store.putValue(nameOf(name), { state, found: found as unknown as Json });
  return found;
}

/** What is to be done is said in the words of today: an older version may have kept it. */
function readFindings(kept: Json): readonly Finding[] {
  // SAFETY: written by `searchOnce`.
  return (kept as unknown as readonly Finding[]).map((one) => {
    return { ...one, hint: knownFailure(one.code)?.hint ?? one.hint };
  });
}

function nameOf(name: string): string {
  return `found ${name}`;
}
