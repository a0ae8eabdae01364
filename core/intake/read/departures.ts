import { digestOf, isObject } from '../../message/digest.ts';
import type { EntityRef, Json, JsonObject } from '../../message/message.ts';
import { withoutReferences } from '../../message/reference-walk.ts';
import type { Part } from '../../store/intake-store.ts';
import type { IntakeContext } from '../intake-task.ts';
import type { Patcher } from './patch.ts';
import type { Change } from './staging.ts';

/** Their memberships need not be deleted one by one (IMS Enterprise: a person, a group). */
const WITH_MEMBERSHIPS = new Set(['person', 'group']);

/**
 * What goes with an entity that a source deletes by a change: whatever the same source has said of
 * its relations, its own and those of others. Otherwise they would be back when it comes back. A
 * whole set says anew what there is: `isWhole` tells of a stream whether this run has met one.
 */
export async function departuresWith(
  entity: EntityRef,
  source: string,
  {
    patcher,
    isWhole,
  }: { readonly patcher: Patcher; readonly isWhole: (stream: string) => boolean },
  { store, canonical }: IntakeContext,
): Promise<readonly Change[]> {
  if (!WITH_MEMBERSHIPS.has(entity.kind)) return [];
  const isMeant = (part: Part) => part.source === source && !isWhole(part.stream);
  const changes: Change[] = [];
  for (const part of await store.entities.parts(entity)) {
    const content = { ...part.content, id: entity.id };
    const isRelation = canonical.get(entity.kind)?.referencesOf(content).length !== 0;
    if (isMeant(part) && isRelation) changes.push(gone(part, patcher));
  }
  for (const referrer of (await store.entities.referrers([entity])).flat()) {
    const paths = canonical.get(referrer.kind)?.references ?? [];
    const needed = paths.filter(({ kind, required }) => required && kind === entity.kind);
    const parts = await store.entities.parts(referrer);
    for (const part of parts.filter(isMeant)) {
      const before = patcher.present(part);
      let after: JsonObject | null = before;
      for (const { path } of needed) {
        after &&= withoutReferences(after, path, true, (one) => !isTo(one, entity));
      }
      if (after === null) changes.push(gone(part, patcher));
      else if (digestOf(after) !== digestOf(before)) changes.push(put(part, after, patcher));
    }
  }
  return changes;
}

function gone(part: Part, patcher: Patcher): Change {
  patcher.note(part, {});
  const { entity, source, stream, part: name } = part;
  return { remove: { entity, source, stream, part: name } };
}

function put(part: Part, content: JsonObject, patcher: Patcher): Change {
  patcher.note(part, content);
  return { put: { ...part, content, hash: digestOf(content) } };
}

function isTo(reference: Json, { id }: EntityRef): boolean {
  return isObject(reference) && reference['id'] === id;
}
