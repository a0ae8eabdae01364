import { PART_OF_DUPLICATE } from '../../mapping/compiled.ts';
import { digestOf, isList, isObject } from '../../message/digest.ts';
import type { Entity, Json, JsonObject } from '../../message/message.ts';
import type { Part } from '../../store/intake-store.ts';
import type { Heard } from './owners.ts';

/**
 * The canonical entity of an id that its parts give together. A field with an owner comes from the
 * source that is heard alone; of the others the first source that speaks is heard. Within one
 * source, lists are joined (several enrolments, each a part of its own), objects are laid over one
 * another, and of single values the last one stands.
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
  for (const part of parts) {
    const facet = facets.get(part.source) ?? {};
    facets.set(part.source, facet);
    for (const [field, value] of Object.entries(part.content)) {
      facet[field] = joined(facet[field], value, part.part.includes(PART_OF_DUPLICATE));
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

/** A merged duplicate fills gaps and lengthens lists; it never speaks against the survivor. */
function joined(before: Json | undefined, value: Json, isOfDuplicate: boolean): Json {
  if (isList(before) && isList(value))
    return [...before, ...(isOfDuplicate ? news(before, value) : value)];
  if (isObject(before) && isObject(value)) {
    const result: Record<string, Json> = { ...before };
    for (const [field, item] of Object.entries(value))
      result[field] = joined(result[field], item, isOfDuplicate);
    return result;
  }
  return isOfDuplicate ? (before ?? value) : value;
}

/** Both may have been enrolled at one school on one day: that is one enrolment. */
function news(before: readonly Json[], value: readonly Json[]): readonly Json[] {
  const known = new Set(before.map(digestOf));
  return value.filter((item) => !known.has(digestOf(item)));
}

/** Fields by name, so that equal entities have equal text whatever their parts' order. */
function inOrder(fields: Record<string, Json>): Record<string, Json> {
  const sorted: Record<string, Json> = {};
  for (const name of Object.keys(fields).sort()) sorted[name] = fields[name] ?? null;
  return sorted;
}
