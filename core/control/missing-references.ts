import { textOfPlaces } from '../message/places.ts';
import type { Dangling, Part, Store } from '../store/store.ts';

interface Missing {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

/** What was found of a store, and after which of its changes: of a city it takes half a second. */
const FOUND = new WeakMap<
  Store,
  { readonly until: number; readonly missing: readonly Missing[] }
>();

/** What entities refer to and no source has delivered: the targets are told without it. */
export async function missingReferences(store: Store): Promise<readonly Missing[]> {
  const { until } = await store.entities.changes(Number.MAX_SAFE_INTEGER);
  const known = FOUND.get(store);
  if (known?.until === until) return known.missing;
  const missing: Missing[] = [];
  for (const one of await store.entities.dangling()) missing.push(await inWords(one, store));
  FOUND.set(store, { until, missing });
  return missing;
}

async function inWords({ from, to, count, examples }: Dangling, store: Store): Promise<Missing> {
  const places: Part[] = [];
  for (const one of examples) {
    const parts = await store.entities.parts({ kind: from, id: one.from });
    places.push(...parts.filter(({ content }) => JSON.stringify(content).includes(one.to)));
  }
  const where = places.length === 0 ? '' : `, such as in ${textOfPlaces(places, places.length)}`;
  const text = `no source has delivered ${count} of kind ${to} to which ${from} records refer${where}`;
  return { id: `missing ${from} ${to}`, subject: `canonical ${from}`, text };
}
