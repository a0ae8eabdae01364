import { isList, isObject } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';

/** Says by what an entity is found, and nothing of how it is seen. */
const OF_SEARCHES = 'x-lookup';

/**
 * The fields of an entity that nothing but rules and conditions reads: they refer to nothing, and
 * no annotation of the schema names them or stands in them. Whoever reads none of them sees the
 * same entity whatever they hold.
 */
export function plainFields(schema: JsonObject): ReadonlySet<string> {
  const named = new Set<string>();
  for (const [name, rule] of Object.entries(schema)) {
    if (!isAnnotation(name) || name === OF_SEARCHES) continue;
    for (const text of textsIn(rule)) named.add(text.split(/[.[]/)[0] ?? '');
  }
  const fields = isObject(schema['properties']) ? schema['properties'] : {};
  const plain = Object.entries(fields).filter(([name, one]) => {
    return name !== 'id' && !named.has(name) && !isAnnotated(one);
  });
  return new Set(plain.map(([name]) => name));
}

function isAnnotation(name: string): boolean {
  return name.startsWith('x-');
}

/** Texts of an annotation, and the names of its fields. */
function textsIn(rule: Json): readonly string[] {
  if (typeof rule === 'string') return [rule];
  if (isList(rule)) return rule.flatMap(textsIn);
  if (!isObject(rule)) return [];
  return Object.entries(rule).flatMap(([name, one]) => [name, ...textsIn(one)]);
}

/** A schema that is kept elsewhere (`$ref`) is not followed: it may hold anything. */
function isAnnotated(schema: Json): boolean {
  if (isList(schema)) return schema.some(isAnnotated);
  if (!isObject(schema)) return false;
  return Object.entries(schema).some(
    ([name, one]) => isAnnotation(name) || name === '$ref' || isAnnotated(one),
  );
}
