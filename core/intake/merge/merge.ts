import { PART_OF_DUPLICATE } from '../../mapping/compiled.ts';
import { isList, isObject } from '../../message/digest.ts';
import type { Entity, Json, JsonObject } from '../../message/message.ts';
import type { Part } from '../../store/intake-store.ts';
import type { Heard } from './owners.ts';

/**
 * The canonical entity of an id that its parts give together. A field with an owner comes from the
 * source that is heard alone; of the others the first source that speaks is heard. Within one
 * source, lists are joined (several enrolments, each a part of its own), in which what two parts
 * say alike stands once, objects are laid over one another, and of single values the last one
 * stands.
 */
export function mergeParts(id: string, parts: readonly Part[], heard: Heard): Entity | null {
  if (parts.length === 0) return null;
  const merged: Record<string, Json> = {};
  for (const [source, facet] of facetsOf(parts)) {
    for (const field of Object.keys(facet)) {
      const value = facet[field];
      if (value === undefined) continue;
      if (heard.isShared(field) && isList(value)) {
        addItems(merged, field, value, source, heard);
        continue;
      }
      const one = heard.of(field);
      if (one === undefined ? !(field in merged) : one === source) merged[field] = value;
    }
  }
  return { id, ...inOrder(merged) };
}

/** What each source says, its parts laid over one another. */
function facetsOf(parts: readonly Part[]): ReadonlyMap<string, JsonObject> {
  const [only, ...more] = parts;
  // Nearly all have one part.
  if (only !== undefined && more.length === 0) return new Map([[only.source, only.content]]);
  const facets = new Map<string, Record<string, Json>>();
  const known: KnownItems = new WeakMap();
  for (const part of parts) {
    const facet = facets.get(part.source) ?? {};
    facets.set(part.source, facet);
    const isOfDuplicate = part.part.includes(PART_OF_DUPLICATE);
    for (const [field, value] of Object.entries(part.content)) {
      facet[field] = joined(facet[field], value, { known, isOfDuplicate });
    }
  }
  return facets;
}

/** Where items of a list have owners, each source gives those with which it is heard. */
function addItems(
  merged: Record<string, Json>,
  field: string,
  items: readonly Json[],
  source: string,
  heard: Heard,
): void {
  const before = merged[field];
  const known = before !== undefined && isList(before) ? before : [];
  const hasOthers = known.some((item) => heard.ofItem(field, item) === undefined);
  const own = items.filter((item) => {
    const one = heard.ofItem(field, item);
    return one === undefined ? !hasOthers : one === source;
  });
  if (own.length > 0) merged[field] = heard.arranged(field, [...known, ...own]);
}

/** The items of each list that was joined, as text: a class may have a part for each member. */
type KnownItems = WeakMap<readonly Json[], Set<string>>;

interface Joining {
  readonly known: KnownItems;
  readonly isOfDuplicate: boolean;
}

/** A merged duplicate fills gaps and lengthens lists; it never speaks against the survivor. */
function joined(before: Json | undefined, value: Json, joining: Joining): Json {
  if (isList(before) && isList(value)) return lengthened(before, value, joining.known);
  if (isObject(before) && isObject(value)) {
    const result: Record<string, Json> = { ...before };
    for (const [field, item] of Object.entries(value))
      result[field] = joined(result[field], item, joining);
    return result;
  }
  return joining.isOfDuplicate ? (before ?? value) : value;
}

/** Two rows of one person both name the account: it is one account. */
function lengthened(
  before: readonly Json[],
  value: readonly Json[],
  known: KnownItems,
): readonly Json[] {
  const texts = known.get(before) ?? new Set(before.map((item) => JSON.stringify(item)));
  const news = value.filter((item) => {
    const { size } = texts;
    return texts.add(JSON.stringify(item)).size > size;
  });
  const list = [...before, ...news];
  known.set(list, texts);
  return list;
}

/** Fields by name, so that equal entities have equal text whatever their parts' order. */
function inOrder(fields: Record<string, Json>): Record<string, Json> {
  const sorted: Record<string, Json> = {};
  for (const name of Object.keys(fields).sort()) sorted[name] = fields[name] ?? null;
  return sorted;
}
