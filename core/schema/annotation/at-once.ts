import type { Entity, JsonObject } from '../../message/message.ts';

/**
 * Compiles `x-at-once`: a list of `{ field, value }`. Of an entity of which one holds, nothing stays
 * in a target for a grace: the dead are told nothing more.
 */
export function compileAtOnce(schema: JsonObject): (entity: Entity) => boolean {
  const rules = schema['x-at-once'];
  if (!Array.isArray(rules)) return () => false;
  return (entity) => rules.some(({ field, value }: JsonObject) => entity[String(field)] === value);
}
