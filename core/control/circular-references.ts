import { textOfPlaces } from '../message/places.ts';
import { leadsBack, targetsAt } from '../plan/circles.ts';
import type { CanonicalSchema } from '../schema/canonical.ts';
import type { Part, Store } from '../store/store.ts';
import type { Engine } from './engine.ts';

interface Circular {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

const EXAMPLES = 5;

/** What was found of a store, and after which of its changes. */
const FOUND = new WeakMap<Store, { readonly until: number; readonly found: readonly Circular[] }>();

/** Entities that a reference leads back to, by way of others of their kind or at once. */
export async function circularReferences({
  store,
  workspace: { canonical },
}: Engine): Promise<readonly Circular[]> {
  const { until } = await store.entities.changes(Number.MAX_SAFE_INTEGER);
  const known = FOUND.get(store);
  if (known?.until === until) return known.found;
  const found: Circular[] = [];
  for (const kind of canonical.kinds) {
    const schema = canonical.get(kind);
    if (schema !== undefined) found.push(...(await circlesOf(schema, store)));
  }
  FOUND.set(store, { until, found });
  return found;
}

async function circlesOf(schema: CanonicalSchema, store: Store): Promise<readonly Circular[]> {
  const { kind, references } = schema;
  const own = references.filter((one) => one.kind === kind);
  if (own.length === 0) return [];
  const near = await store.entities.selfReferences(kind);
  const ids = [...new Set(near.map(({ from }) => from))];
  const found: Circular[] = [];
  for (const { path } of own) {
    const isChain = !path.includes('[]');
    const inCircle: string[] = [];
    for (const { entity } of await store.entities.get(kind, ids)) {
      const isBack = isChain
        ? await leadsBack(entity, kind, { path }, store.entities)
        : await isMutual(entity.id, targetsAt(entity, path), kind, path, store);
      if (isBack) inCircle.push(entity.id);
    }
    if (inCircle.length > 0) found.push(await inWords(kind, path, inCircle, store));
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

async function inWords(
  kind: string,
  path: readonly string[],
  ids: readonly string[],
  store: Store,
): Promise<Circular> {
  const places: Part[] = [];
  for (const id of ids.slice(0, EXAMPLES)) {
    const parts = await store.entities.parts({ kind, id });
    const speaker = parts.find(({ content }) => (path[0] ?? '') in content);
    if (speaker !== undefined) places.push(speaker);
  }
  const field = path.join('.').replaceAll('.[]', '');
  const where = textOfPlaces(places, ids.length);
  const text = `${ids.length} of kind ${kind} lead back to themselves by ${field}: ${where}`;
  return { id: `circle ${kind} ${field}`, subject: `canonical ${kind}`, text };
}
