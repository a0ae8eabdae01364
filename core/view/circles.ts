import type { Entity } from '../message/message.ts';
import { valuesAt, withoutReferences } from '../message/reference-walk.ts';
import type { CanonicalSchema, ReferencePath } from '../schema/canonical.ts';
import type { ViewedEntities } from './views.ts';

/** Where a reference of a chain leads, by its path and the entity; null where it ends. */
type Steps = Map<string, string | null>;

/**
 * The entity without references that lead round to itself: where each of two units is above the
 * other, neither is, and no target is told so. What was walked may be remembered for a plan.
 */
export async function withoutCircles(
  entity: Entity,
  { kind, chains }: CanonicalSchema,
  entities: ViewedEntities,
  steps: Steps = new Map(),
): Promise<Entity> {
  let seen = entity;
  for (const chain of chains) {
    if (!(await leadsBack(entity, kind, chain, entities, steps))) continue;
    const rest = withoutReferences(seen, chain.path, chain.required, () => false);
    // SAFETY: the id is no reference, so it is still there.
    if (rest !== null) seen = rest as Entity;
  }
  return seen;
}

/** Whether a reference, followed from one entity to the next, comes back to the first. */
export async function leadsBack(
  entity: Entity,
  kind: string,
  { path }: Pick<ReferencePath, 'path'>,
  entities: ViewedEntities,
  steps: Steps = new Map(),
): Promise<boolean> {
  const passed = new Set<string>();
  let at = targetsAt(entity, path)[0] ?? null;
  while (at !== null && at !== entity.id && !passed.has(at)) {
    passed.add(at);
    at = await nextOf(at, kind, path, entities, steps);
  }
  return at === entity.id;
}

async function nextOf(
  id: string,
  kind: string,
  path: readonly string[],
  entities: ViewedEntities,
  steps: Steps,
): Promise<string | null> {
  const name = `${path.join('.')} ${id}`;
  const known = steps.get(name);
  if (known !== undefined) return known;
  const [stored] = await entities.get(kind, [id]);
  const next = stored === undefined ? null : (targetsAt(stored.entity, path)[0] ?? null);
  steps.set(name, next);
  return next;
}

/** Ids that the references at a path name. */
export function targetsAt(entity: Entity, path: readonly string[]): readonly string[] {
  return [...valuesAt(entity, [...path, 'id'])].filter((id) => typeof id === 'string');
}
