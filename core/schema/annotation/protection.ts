import { digestOf, isList, isObject } from '../../message/digest.ts';
import type { Entity, Json, JsonObject } from '../../message/message.ts';
import { valueAt, withValue } from '../../message/reference-walk.ts';

/** What `x-protected` says of a kind. */
export interface ProtectionRules {
  /** Field names from the entity to each mark. */
  readonly paths: readonly (readonly string[])[];
  /** The marks that protect, in their places, of anything that is said of an entity; or null. */
  marksOf(content: JsonObject): JsonObject | null;
  /** Whether it says so in a word of the schema: what was read at a venture may be anything. */
  isSaidIn(content: JsonObject): boolean;
}

/**
 * Compiles `x-protected`: a list of `{ path, unless? }`. An entity is protected if any path has a
 * value other than `unless`, also one that the schema does not know: a word that nobody understands
 * may mean a child's life. It counts as the first that protects. A schema without the annotation has
 * no protected entities.
 */
export function compileProtection(schema: JsonObject): ProtectionRules {
  const written = schema['x-protected'];
  const rules = (Array.isArray(written) ? written : []).map((rule: JsonObject) => {
    const path = String(rule['path']).split('.');
    return { path, unless: rule['unless'], field: schemaAt(schema, path) };
  });
  const marksOf = (content: JsonObject) => {
    let marks: JsonObject | null = null;
    for (const { path, unless, field } of rules) {
      const value = valueAt(content, path);
      if (value === undefined || value === null || value === unless) continue;
      marks = withValue(marks ?? {}, path, inKnownWords(value, field, unless));
    }
    return marks;
  };
  const isSaidIn = (content: JsonObject) =>
    rules.some(({ path, unless, field }) => {
      const value = valueAt(content, path) ?? null;
      if (value === null || value === unless) return false;
      return digestOf(inKnownWords(value, field, unless)) === digestOf(value);
    });
  return { paths: rules.map(({ path }) => path), marksOf, isSaidIn };
}

/** As the schema would take it, so that who is marked can be kept. */
function inKnownWords(value: Json, field: JsonObject, unless?: Json): Json {
  const words = field['enum'];
  if (isList(words)) {
    return words.includes(value) ? value : (words.find((word) => word !== unless) ?? value);
  }
  if (!isObject(value)) return value;
  const inner = Object.entries(value).map(([name, one]) => [
    name,
    inKnownWords(one, schemaAt(field, [name])),
  ]);
  return Object.fromEntries(inner);
}

function schemaAt(schema: JsonObject, path: readonly string[]): JsonObject {
  let at = schema;
  for (const step of path) {
    const { properties } = at;
    const inner = isObject(properties) ? properties[step] : undefined;
    at = isObject(inner) ? inner : {};
  }
  return at;
}

/** The entity with these marks laid over its own. */
export function withMarks(entity: Entity, marks: JsonObject): Entity {
  // SAFETY: a path of protection never leads to the id.
  return laidOver(entity, marks) as Entity;
}

function laidOver(under: JsonObject, over: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const before = result[name];
    result[name] = isObject(before) && isObject(value) ? laidOver(before, value) : value;
  }
  return result;
}
