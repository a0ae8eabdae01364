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

function valueAt(entity: Entity, path: readonly string[]): Json | undefined {
  let at: Json | undefined = entity;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at)) return undefined;
    // SAFETY: not null and not a list, so it is an object.
    at = (at as JsonObject)[step];
  }
  return at;
}
