import type { JsonObject } from '../message/message.ts';

/**
 * Dotted paths of the `writeOnly` properties of an options schema: secrets. `*` stands for whatever
 * name a property has.
 */
export function secretFields(schema: JsonObject): readonly string[] {
  return fieldsIn(schema, '', (one) => 'writeOnly' in one && one.writeOnly === true);
}

/** Dotted paths of the properties whose values may be references, by their patterns. */
export function referenceFields(schema: JsonObject): readonly string[] {
  return fieldsIn(schema, '', (one) => 'pattern' in one && /\(env\|file\)/.test(`${one.pattern}`));
}

/** Dotted paths of the properties that name a folder of this machine. */
export function folderFields(schema: JsonObject): readonly string[] {
  return fieldsIn(schema, '', (one) => 'format' in one && one.format === 'folder');
}

/** Dotted paths of the properties that name a folder of a server, beside its `host`. */
export function serverFolderFields(schema: JsonObject): readonly string[] {
  return fieldsIn(schema, '', (one) => 'format' in one && one.format === 'host-folder');
}

/** Dotted paths of the properties that are addresses of a web service. */
export function urlFields(schema: JsonObject): readonly string[] {
  return fieldsIn(schema, '', (one) => 'format' in one && one.format === 'http-url');
}

const ADDRESSES: ReadonlySet<unknown> = new Set(['http-url', 'folder', 'host', 'host-folder']);

/** Dotted paths of the properties that say where a system is. */
export function addressFields(schema: JsonObject): readonly string[] {
  return fieldsIn(schema, '', (one) => 'format' in one && ADDRESSES.has(one.format));
}

function fieldsIn(
  schema: unknown,
  path: string,
  isMeant: (schema: object) => boolean,
): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (isMeant(schema)) return [path];
  const nested: string[] = [];
  for (const key of ['oneOf', 'anyOf', 'allOf']) {
    const branches: unknown = Object.entries(schema).find(([name]) => name === key)?.[1];
    if (Array.isArray(branches))
      for (const one of branches) nested.push(...fieldsIn(one, path, isMeant));
  }
  if ('additionalProperties' in schema) {
    nested.push(...fieldsIn(schema.additionalProperties, path === '' ? '*' : `${path}.*`, isMeant));
  }
  if (!('properties' in schema)) return nested;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    nested.push(...fieldsIn(property, path === '' ? name : `${path}.${name}`, isMeant));
  }
  return [...new Set(nested)];
}
