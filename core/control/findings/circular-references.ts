import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import type { KindOutline } from '../../flow/known/outline.ts';
import type { Store } from '../../store/store.ts';
import { leadsBack, targetsAt } from '../../view/circles.ts';
import type { Looking } from '../looking.ts';
import { searchOnce } from './kept-search.ts';
import { whereSaid } from './where-said.ts';

const EXAMPLES = 5;

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
): Promise<Finding> {
  const field = path.join('.').replaceAll('.[]', '');
  const where = await whereSaid(store, kind, path[0] ?? '', ids.slice(0, EXAMPLES), ids.length);
  const said = saying('circle', { count: ids.length, kind, field, where });
  const about = { name: `${kind} ${field}`, subject: `canonical ${kind}` };
  return finding({ kind: 'circle', ...about }, 'REFERENCES_CIRCULAR', said);
}
