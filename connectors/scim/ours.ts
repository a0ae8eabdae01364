import { isObject, type Json, type JsonObject } from '../../core/plugin.ts';
import { hasParts } from './patch.ts';

/**
 * Names of what our mappings fill (`name.givenName`), also where an object lacks it: what else a
 * resource holds is kept there by others.
 */
export type Fields = readonly string[];

/** What the service decides alone; or what it would refuse, though it showed it itself. */
const READ_ONLY: ReadonlySet<string> = new Set(['id', 'meta', 'schemas', 'groups']);

/**
 * The part of what a service shows that is ours. A list that is shown empty is left out: there are
 * services that never show members, so that nothing can be concluded from it.
 */
export function ownPart(shown: JsonObject, wanted: JsonObject, fields: Fields): JsonObject {
  const own: Record<string, Json> = {};
  for (const [name, value] of Object.entries(shown)) {
    const sent = wanted[name];
    if (!isOurs(name, wanted, fields) || isEmpty(value)) continue;
    // What has parts here may be one value there, and the other way round: then it is another.
    if (!isObject(value) || !hasParts(name, value)) own[name] = value;
    else own[name] = ownPart(value, isObject(sent) ? sent : {}, below(fields, name));
  }
  return own;
}

/** What the service is to hold, where it takes whole resources only: others keep their part. */
export function merged(shown: JsonObject, wanted: JsonObject, fields: Fields): JsonObject {
  const result: Record<string, Json> = { ...wanted };
  for (const [name, value] of Object.entries(shown)) {
    const sent = wanted[name];
    const isOwn = isOurs(name, wanted, fields);
    if (READ_ONLY.has(name) && !isOwn) continue;
    if (isObject(value) && hasParts(name, value) && (sent === undefined || isObject(sent))) {
      const parts = merged(value, sent ?? {}, below(fields, name));
      if (Object.keys(parts).length > 0) result[name] = parts;
    } else if (!isOwn) {
      result[name] = value;
    }
  }
  const named = [wanted['schemas'], shown['schemas']].flatMap((one) =>
    Array.isArray(one) ? one : [],
  );
  return named.length === 0 ? result : { ...result, schemas: [...new Set(named)] };
}

function isOurs(name: string, wanted: JsonObject, fields: Fields): boolean {
  return name in wanted || fields.some((field) => isBelow(field, name));
}

function isEmpty(value: Json): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** A field is that attribute, or within it. */
function isBelow(field: string, name: string): boolean {
  return field === name || field.startsWith(`${name}.`);
}

/** The fields within an attribute; all of its parts are ours where a field is the whole of it. */
function below(fields: Fields, name: string): Fields {
  return fields.flatMap((field) =>
    field.startsWith(`${name}.`) ? [field.slice(name.length + 1)] : [],
  );
}
