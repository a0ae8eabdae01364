import { knownFailure } from '../../failure/catalogue.ts';
import type { Finding } from '../../failure/finding.ts';
import { keptValue, type Store } from '../../store/store.ts';

interface Search {
  readonly state: string;
  readonly found: readonly Finding[];
}

/**
 * What a search through all that is kept has found. Of a city it takes half a second, so it is kept
 * with the state that was searched: whoever asks next, in whatever process, need not search again.
 */
const SEARCHED = keptValue<Search>('found');

/** What was found in this state, or is found now. */
export async function searchOnce(
  store: Pick<Store, 'getValue' | 'putValue'>,
  name: string,
  state: string,
  search: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const kept = await SEARCHED.read(store, name);
  if (kept?.state === state && isOfToday(kept)) return kept.found.map(inWordsOfToday);
  const found = await search();
  await SEARCHED.write(store, name, { state, found });
  return found;
}

/** An older version kept findings without their kind. */
function isOfToday({ found }: Search): boolean {
  return found.every((one) => 'kind' in one);
}

/** What is to be done: an older version may have kept it in other words. */
function inWordsOfToday(one: Finding): Finding {
  return { ...one, hint: knownFailure(one.code)?.hint ?? one.hint };
}
