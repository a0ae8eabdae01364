import { type Finding, finding } from '../../failure/finding.ts';
import { saying, sayPlaces } from '../../failure/saying.ts';
import { supplementsIn } from '../../mapping/siblings.ts';
import { digestOf } from '../../message/digest.ts';
import type { Dangling } from '../../store/entity-store.ts';
import type { Part } from '../../store/intake-store.ts';
import type { Store } from '../../store/store.ts';
import { searchOnce } from './kept-search.ts';

const EXAMPLES = 5;

/** What only adds to entities that no source has delivered: it is kept, and goes nowhere. */
export async function addedToNobody(
  store: Store,
  supplements: readonly string[],
): Promise<readonly Finding[]> {
  // An intake may add to nobody and change no entity.
  const [newest] = await store.runs.list({ type: 'intake', limit: 1 });
  const state = digestOf([newest?.id ?? '', newest?.outcome ?? '', supplements.toSorted()]);
  return searchOnce(store, 'of nobody', state, () => searchNobody(store, supplements));
}

async function searchNobody(
  store: Store,
  supplements: readonly string[],
): Promise<readonly Finding[]> {
  const isSupplement = supplementsIn(new Set(supplements));
  const ofEntity = Map.groupBy(await store.entities.ofNobody(), ({ entity }) => entity.id);
  const alone = [...ofEntity.values()].filter((parts) => parts.every(isSupplement)).flat();
  const groups = Map.groupBy(alone, ({ entity, source, stream }) =>
    JSON.stringify([entity.kind, source, stream]),
  );
  return [...groups.values()].flatMap(inOneLine);
}

function inOneLine(parts: readonly Part[]): readonly Finding[] {
  const [first] = parts;
  if (first === undefined) return [];
  const { entity, source, stream } = first;
  const count = new Set(parts.map((part) => part.entity.id)).size;
  const sorted = parts.toSorted((one, other) => one.line - other.line);
  const where = sayPlaces(sorted.slice(0, EXAMPLES), parts.length);
  const said = saying('addedToNobody', { count, kind: entity.kind, stream, source, where });
  const about = { name: `${source} ${stream} ${entity.kind}`, subject: `intake ${source}` };
  return [finding({ kind: 'nobody', ...about }, 'REFERENCE_MISSING', said)];
}

/** What entities refer to and no source has delivered: the targets are told without it. */
export async function missingReferences(store: Store): Promise<readonly Finding[]> {
  const { until } = await store.entities.changes(Number.MAX_SAFE_INTEGER);
  return searchOnce(store, 'missing', String(until), async () => {
    const missing: Finding[] = [];
    for (const one of await store.entities.dangling()) missing.push(await inWords(one, store));
    return missing;
  });
}

async function inWords({ from, to, count, examples }: Dangling, store: Store): Promise<Finding> {
  const places: Part[] = [];
  for (const one of examples) {
    const parts = await store.entities.parts({ kind: from, id: one.from });
    places.push(...parts.filter(({ content }) => JSON.stringify(content).includes(one.to)));
  }
  const where = sayPlaces(places, places.length);
  const values = { count, kind: to, from };
  const said =
    places.length === 0 ? saying('missing', values) : saying('missingAt', { ...values, where });
  const about = { name: `${from} ${to}`, subject: `canonical ${from}` };
  return finding({ kind: 'missing', ...about }, 'REFERENCE_MISSING', said);
}
