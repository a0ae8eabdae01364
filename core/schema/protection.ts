import type { Entity, Json, JsonObject } from '../message/message.ts';

/**
 * Compiles `x-protected`: a list of `{ path, unless? }`. An entity is protected if any path has a
 * value other than `unless`. A schema without it has no protected entities.
 */
export function compileProtection(schema: JsonObject): (entity: Entity) => boolean {
  const rules = schema['x-protected'];
  if (!Array.isArray(rules)) return () => false;
  const checks = rules.map((rule: JsonObject) => {
    const path = String(rule['path']).split('.');
    const unless = rule['unless'];
    return (entity: Entity) => {
      const value = valueAt(entity, path);
      return value !== undefined && value !== null && value !== unless;
    };
  });
  return (entity) => checks.some((check) => check(entity));
}

/** The entity with the marks of protection that another version of it has. */
export function compileProtectionKeeper(schema: JsonObject): (from: Entity, to: Entity) => Entity {
  const rules = schema['x-protected'];
  const paths = Array.isArray(rules)
    ? rules.map((rule: JsonObject) => String(rule['path']).split('.'))
    : [];
  return (from, to) =>
    paths.reduce((kept, path) => {
      const value = valueAt(from, path);
      // SAFETY: a path of protection never leads to the id.
      return value === undefined ? kept : (withValue(kept, path, value) as Entity);
    }, to);
}

function withValue(object: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [name = '', ...rest] = path;
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = object[name];
  const isNested = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  // SAFETY: not null and not a list, so it is an object.
  return { ...object, [name]: withValue(isNested ? (inner as JsonObject) : {}, rest, value) };
}

function valueAt(entity: Entity, path: readonly string[]): Json | undefined {
  let at: Json | undefined = entity;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return undefined;
    // SAFETY: not null and not a list, so it is an object.
    at = (at as JsonObject)[step];
  }
  return at;
}
