import { governorOf, isOurWord, type Schools } from '../mapping/language/ours.ts';
import { isObject, objectsIn } from '../message/digest.ts';
import type { Entity, JsonObject } from '../message/message.ts';
import { valueAt } from '../message/reference-walk.ts';
import type { CanonicalSchema, UnitPath } from '../schema/canonical.ts';
import type { Change } from '../store/entity-store.ts';
import { targetsAt } from './circles.ts';
import type { ViewedEntities } from './views.ts';

/** Who governs each organisation that was asked for; null where nothing from it upwards says so. */
export type Governors = Map<string, string | null>;

/** What is needed to see who governs the units that entities belong to. */
export interface Governing {
  readonly entities: Pick<ViewedEntities, 'get'>;
  readonly schools: Schools;
  /** What was read before, and still stands. */
  readonly known: Governors;
}

const ABOVE = ['parentOrganisation'];
/** What says of an organisation who governs it, and all below it. */
const GOVERNING: ReadonlySet<string> = new Set([...ABOVE, 'skolnav']);

/**
 * Entities with the word of who governs the school unit that each belongs to, and each item of a
 * list as well: `skolnav.governedBy`, which no source need say of every enrolment and group. What
 * belongs to units that the flow does not see is not seen: null for an entity, and an item is gone.
 */
export async function governed(
  batch: readonly (Entity | null)[],
  { ownUnits }: Pick<CanonicalSchema, 'ownUnits'>,
  { entities, schools, known }: Governing,
): Promise<readonly (Entity | null)[]> {
  if (ownUnits.length === 0) return batch;
  const units = batch.flatMap((entity) => (entity === null ? [] : unitsOf(entity, ownUnits)));
  await readGovernors(units, entities, known);
  return batch.map((entity) => {
    return ownUnits.reduce<Entity | null>((seen, path) => {
      // SAFETY: what is changed of an entity is no id.
      return seen && (ofUnit(seen, path, schools, known) as Entity | null);
    }, entity);
  });
}

function unitsOf(entity: Entity, paths: readonly UnitPath[]): readonly string[] {
  return paths.flatMap(({ list, unit }) => {
    const items = list === null ? [entity] : objectsIn(entity[list]);
    return items.flatMap((item) => idAt(item, unit) ?? []);
  });
}

function ofUnit(
  entity: JsonObject,
  { list, unit }: UnitPath,
  schools: Schools,
  known: Governors,
): JsonObject | null {
  if (list === null) return withWord(entity, unit, schools, known);
  const items = objectsIn(entity[list]);
  const seen = items.flatMap((item) => withWord(item, unit, schools, known) ?? []);
  const isSame = seen.length === items.length && seen.every((one, at) => one === items[at]);
  return isSame ? entity : { ...entity, [list]: seen };
}

/** What a source says of the item itself counts where nothing is known of its unit. */
function withWord(
  item: JsonObject,
  path: readonly string[],
  schools: Schools,
  known: Governors,
): JsonObject | null {
  const said = governorOf(item);
  const governor = known.get(idAt(item, path) ?? '') ?? said;
  if (schools !== 'all' && isOurWord(governor) !== (schools === 'ours')) return null;
  if (governor === said || (isOurWord(governor) && isOurWord(said))) return item;
  const { skolnav } = item;
  return { ...item, skolnav: { ...(isObject(skolnav) ? skolnav : {}), governedBy: governor } };
}

/**
 * Whether who governs some unit may be otherwise after these changes: then all that belongs to it,
 * and whatever sees that, may be seen otherwise.
 */
export function governsOtherwise(changes: readonly Change[]): boolean {
  return changes.some(({ kind, what, fields }) => {
    if (kind !== 'organisation' || what !== 'content') return false;
    return fields === undefined || fields.some((field) => GOVERNING.has(field));
  });
}

/** Reads who governs these, level by level: the word of the nearest above that has one. */
async function readGovernors(
  ids: readonly string[],
  entities: Governing['entities'],
  known: Governors,
): Promise<void> {
  const above = new Map<string, string>();
  const isAsked = (id: string) => known.has(id) || above.has(id);
  let asked = [...new Set(ids)].filter((id) => !isAsked(id));
  while (asked.length > 0) {
    const stored = await entities.get('organisation', asked);
    const found = new Map(stored.map(({ entity }) => [entity.id, entity]));
    for (const id of asked) {
      const entity = found.get(id);
      const governor = governorOf(entity);
      const parent = entity && targetsAt(entity, ABOVE)[0];
      if (governor !== null || parent === undefined) known.set(id, governor);
      else above.set(id, parent);
    }
    asked = [...new Set(above.values())].filter((id) => !isAsked(id));
  }
  for (const id of above.keys()) known.set(id, wordAbove(id, above, known));
}

function wordAbove(
  id: string,
  above: ReadonlyMap<string, string>,
  known: Governors,
): string | null {
  const passed = new Set<string>();
  let at: string | undefined = id;
  while (at !== undefined && !known.has(at) && !passed.has(at)) {
    passed.add(at);
    at = above.get(at);
  }
  return known.get(at ?? '') ?? null;
}

function idAt(item: JsonObject, path: readonly string[]): string | null {
  const id = valueAt(item, path);
  return typeof id === 'string' ? id : null;
}
