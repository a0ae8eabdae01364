import { isList, isObject } from '../../message/digest.ts';
import type { JsonObject } from '../../message/message.ts';
import type { CanonicalSchema, CanonicalSchemas } from '../../schema/canonical.ts';
import type { Step } from './path.ts';

/** The schema at the end of some steps; `unknown` names the step that leads nowhere. */
export type Walked =
  | { readonly schema: JsonObject }
  | {
      readonly unknown: string;
      readonly candidates: readonly string[];
      /** It is the value by which an item is chosen, and no field. */
      readonly isCode?: true;
    };

/** An open schema: anything may stand there. */
export const ANYTHING: JsonObject = {};

export function walkSchema(schema: JsonObject, steps: readonly Step[]): Walked {
  let at = schema;
  for (const step of steps) {
    if (isOpen(at)) return { schema: ANYTHING };
    if (step.kind === 'field') {
      const properties = propertiesOf(at);
      const next = properties[step.name];
      if (next === undefined && isOpenObject(at)) return { schema: ANYTHING };
      if (!isObject(next)) return { unknown: step.name, candidates: Object.keys(properties) };
      at = next;
    } else {
      const items = at['items'];
      if (!isObject(items)) return { unknown: 'a list', candidates: [] };
      const amiss = step.kind === 'match' ? unmatched(items, step) : null;
      if (amiss !== null) return amiss;
      at = items;
    }
  }
  return { schema: at };
}

/** Why no item of a list could be chosen so; null where one may be. */
function unmatched(
  items: JsonObject,
  { field, value }: Extract<Step, { kind: 'match' }>,
): Walked | null {
  if (isOpenObject(items)) return null;
  const property = propertiesOf(items)[field];
  if (!isObject(property)) return { unknown: field, candidates: Object.keys(propertiesOf(items)) };
  const codes = property['enum'];
  if (!isList(codes) || codes.map(String).includes(value)) return null;
  return { unknown: value, candidates: codes.map(String), isCode: true };
}

export function propertiesOf(schema: JsonObject): JsonObject {
  return isObject(schema['properties']) ? schema['properties'] : {};
}

export function requiredOf(schema: JsonObject): readonly string[] {
  const required = schema['required'];
  return isList(required) ? required.map(String) : [];
}

/** JSON Schema types that a value may have; empty if the schema does not say. */
export function typesOf(schema: JsonObject): readonly string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (isList(type)) return type.map(String);
  const values = schema['enum'] ?? (schema['const'] === undefined ? undefined : [schema['const']]);
  return isList(values) ? [...new Set(values.map((value) => typeof value))] : [];
}

function isOpen(schema: JsonObject): boolean {
  return Object.keys(schema).length === 0;
}

/** What is a list or a text by its schema has no fields, though no schema forbids them. */
function isOpenObject(schema: JsonObject): boolean {
  const types = typesOf(schema);
  const mayHaveFields = types.length === 0 || types.includes('object');
  const isClosed = schema['additionalProperties'] === false || schema['properties'] !== undefined;
  return mayHaveFields && !isClosed;
}

/** A canonical schema with its inverse relations as lists, as mappings and conditions see it. */
export function viewSchema(schema: CanonicalSchema, schemas: CanonicalSchemas): JsonObject {
  const inverses: Record<string, JsonObject> = {};
  for (const { name, kind, path } of schema.inverses) {
    const referring = schemas.get(kind)?.schema ?? ANYTHING;
    inverses[name] = { type: 'array', items: inverseItem(referring, kind, path) };
  }
  return { ...schema.schema, properties: { ...propertiesOf(schema.schema), ...inverses } };
}

/** The referring entity, or the item of its list with the entity under its kind's name. */
function inverseItem(referring: JsonObject, kind: string, path: readonly string[]): JsonObject {
  const [listField = '', mark] = path;
  if (mark !== '[]') return referring;
  const list = propertiesOf(referring)[listField];
  const item = isObject(list) && isObject(list['items']) ? list['items'] : ANYTHING;
  const { [listField]: _list, ...owner } = propertiesOf(referring);
  const entity = { ...referring, properties: owner };
  return { ...item, properties: { ...propertiesOf(item), [kind]: entity } };
}
