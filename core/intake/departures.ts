import { digestOf } from '../message/digest.ts';
import type { EntityRef, Json, JsonObject } from '../message/message.ts';
import type { Part } from '../store/store.ts';
import type { IntakeSurroundings } from './intake-task.ts';
import type { Patcher } from './patch.ts';
import type { Change } from './rounds.ts';

/** Their memberships need not be deleted one by one (IMS Enterprise: a person, a group). */
const WITH_MEMBERSHIPS = new Set(['person', 'group']);

/**
 * What goes with an entity that a source deletes by a change: whatever the same source has said of
 * its relations, its own and those of others. Otherwise they would be back when it comes back. A
 * whole set says anew what there is.
 */
export async function departuresWith(
  entity: EntityRef,
  source: string,
  patcher: Patcher,
  { store, canonical }: IntakeSurroundings,
): Promise<readonly Change[]> {
  if (!WITH_MEMBERSHIPS.has(entity.kind)) return [];
  const changes: Change[] = [];
  for (const part of await store.entities.parts(entity)) {
    const content = { ...part.content, id: entity.id };
    const isRelation = canonical.get(entity.kind)?.referencesOf(content).length !== 0;
    if (part.source === source && isRelation) changes.push(gone(part, patcher));
  }
  for (const referrer of await store.entities.referrers(entity)) {
    const paths = canonical.get(referrer.kind)?.references ?? [];
    const needed = paths.filter(({ kind, required }) => required && kind === entity.kind);
    const parts = await store.entities.parts(referrer);
    for (const part of parts.filter((one) => one.source === source)) {
      const before = patcher.present(part);
      let after: Json | undefined = before;
      for (const { path } of needed) after = without(after, path, entity.id);
      if (!isObject(after)) changes.push(gone(part, patcher));
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

/** The same without what is nothing without the entity: the items of lists, or all of it. */
function without(
  value: Json | undefined,
  path: readonly string[],
  id: string,
  at = 0,
): Json | undefined {
  const step = path[at];
  if (value === undefined || value === null) return value;
  if (step === undefined) return isObject(value) && value['id'] === id ? undefined : value;
  if (Array.isArray(value)) {
    return value.flatMap((item: Json) => without(item, path, id, at + 1) ?? []);
  }
  if (!isObject(value)) return value;
  const inner = value[step];
  const rest = without(inner, path, id, at + 1);
  if (rest === inner) return value;
  return rest === undefined ? undefined : { ...value, [step]: rest };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
