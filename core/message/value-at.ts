import { isObject } from './digest.ts';
import type { Json, JsonObject } from './message.ts';

/** The value at the end of a path of names and places in lists; undefined where there is none. */
export function valueAt(
  value: Json | undefined,
  path: readonly (string | number)[],
): Json | undefined {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    // SAFETY: an index into a list works as a name does.
    at = (at as JsonObject)[String(step)];
  }
  return at;
}

/** The object with this value at the end of a path of names, which makes what lacks on the way. */
export function withValue(object: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [name = '', ...rest] = path;
  if (rest.length === 0) return { ...object, [name]: value };
  const inner = object[name];
  return { ...object, [name]: withValue(isObject(inner) ? inner : {}, rest, value) };
}

/** The object without what stands at the end of a path of names. */
export function withoutValue(object: JsonObject, path: readonly string[]): JsonObject {
  const [name = '', ...rest] = path;
  const { [name]: inner, ...others } = object;
  if (rest.length === 0) return others;
  return isObject(inner) ? { ...object, [name]: withoutValue(inner, rest) } : object;
}
