import { type Finding, finding } from '../../failure/finding.ts';
import { saying, sayPlaces } from '../../failure/saying.ts';
import type { KindOutline } from '../../flow/known/outline.ts';
import { supplementsIn } from '../../mapping/siblings.ts';
import { digestOf } from '../../message/digest.ts';
import type { Saying } from '../../message/message.ts';
import type { Dangling } from '../../store/entity-store.ts';
import type { Part } from '../../store/intake-store.ts';
import type { Store } from '../../store/store.ts';
import { leadsBack, targetsAt } from '../../view/circles.ts';
import type { Looking } from '../looking.ts';
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
    for (const one of await store.entities.dangling())
      missing.push(await missingInWords(one, store));
    return missing;
  });
}

async function missingInWords(
  { from, to, count, examples }: Dangling,
  store: Store,
): Promise<Finding> {
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

/** Entities that a reference leads back to, by way of others of their kind or at once. */
export async function circularReferences({ store, outline }: Looking): Promise<readonly Finding[]> {
  const { until } = await store.entities.changes(Number.MAX_SAFE_INTEGER);
  return searchOnce(store, 'circles', String(until), async () => {
    const found: Finding[] = [];
    for (const one of outline.kinds) found.push(...(await circlesOf(one, store)));
    return found;
  });
}

async function circlesOf(
  { kind, selfReferences }: KindOutline,
  store: Store,
): Promise<readonly Finding[]> {
  if (selfReferences.length === 0) return [];
  const near = await store.entities.selfReferences(kind);
  const ids = [...new Set(near.map(({ from }) => from))];
  const found: Finding[] = [];
  for (const path of selfReferences) {
    const isChain = !path.includes('[]');
    const inCircle: string[] = [];
    for (const { entity } of await store.entities.get(kind, ids)) {
      const isBack = isChain
        ? await leadsBack(entity, kind, { path }, store.entities)
        : await isMutual(entity.id, targetsAt(entity, path), kind, path, store);
      if (isBack) inCircle.push(entity.id);
    }
    if (inCircle.length > 0) found.push(await circlesInWords(kind, path, inCircle, store));
  }
  return found;
}

/** Of lists, that two name one another: a longer way round may be right. */
async function isMutual(
  id: string,
  named: readonly string[],
  kind: string,
  path: readonly string[],
  { entities }: Store,
): Promise<boolean> {
  const others = await entities.get(kind, named);
  return others.some(({ entity }) => targetsAt(entity, path).includes(id));
}

async function circlesInWords(
  kind: string,
  path: readonly string[],
  ids: readonly string[],
  store: Store,
): Promise<Finding> {
  const field = path.join('.').replaceAll('.[]', '');
  const where = await whereSaid(store, kind, path[0] ?? '', ids.slice(0, EXAMPLES), ids.length);
  const said = saying('circle', { count: ids.length, kind, field, where });
  const about = { name: `${kind} ${field}`, subject: `canonical ${kind}` };
  return finding({ kind: 'circle', ...about }, 'REFERENCES_CIRCULAR', said);
}

/** Numbers and accounts that several have: where they stand, never what they are. */
export async function sharedValues({
  store,
  outline,
}: {
  readonly store: Store;
  readonly outline: Pick<Looking['outline'], 'kinds'>;
}): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { kind, unique: rules } of outline.kinds) {
    if (rules.length === 0) continue;
    const doubles = await store.entities.doubles(kind);
    for (const { as, path, withheld } of rules) {
      const own = doubles.filter((one) => one.as === as);
      if (own.length === 0) continue;
      // A number that stands in the place of all others is shared by a whole city.
      const some = own.slice(0, EXAMPLES).flatMap(({ ids }) => ids.slice(0, EXAMPLES));
      const count = own.flatMap(({ ids }) => ids).length;
      const where = await whereSaid(store, kind, path[0] ?? '', some, count);
      const name = withheld === null ? 'valueShared' : 'valueSharedOnce';
      const said = saying(name, { count: own.length, as, kind, where });
      const about = { name: `${kind} ${as}`, subject: `canonical ${kind}` };
      found.push(finding({ kind: 'shared', ...about }, 'VALUE_SHARED', said));
    }
  }
  return found;
}

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
