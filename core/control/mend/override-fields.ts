import {
  propertiesOf,
  requiredOf,
  typesOf,
  walkSchema,
} from '../../mapping/language/schema-walk.ts';
import { isList, isObject, jsonIn } from '../../message/digest.ts';
import type { Json, JsonObject } from '../../message/message.ts';

/** How the value of a field is written by a person; `json` is for lists and objects. */
export type FieldForm = 'text' | 'choice' | 'boolean' | 'number' | 'json';

export function formOf(schema: JsonObject): FieldForm {
  const types = typesOf(schema);
  if (isList(schema['enum'])) return 'choice';
  if (types.length === 0 || types.includes('string')) return 'text';
  if (types.includes('boolean')) return 'boolean';
  return types.includes('number') || types.includes('integer') ? 'number' : 'json';
}

/** One thing that an item of a list says, and how a person writes it. */
export interface ListColumn {
  /** The member's name; '' where the items are values themselves. */
  readonly name: string;
  readonly form: FieldForm;
  readonly choices: readonly string[];
  readonly isRequired: boolean;
}

/** What the items of a list are written by; empty where the schema does not say what they are. */
export function columnsOf(schema: JsonObject): readonly ListColumn[] {
  const { items } = schema;
  if (!typesOf(schema).includes('array') || !isObject(items)) return [];
  const members = Object.entries(propertiesOf(items));
  const required = requiredOf(items);
  const column = (name: string, one: JsonObject) => {
    const isRequired = name === '' || required.includes(name);
    return { name, form: formOf(one), choices: choicesOf(one), isRequired };
  };
  if (members.length > 0)
    return members.map(([name, one]) => column(name, isObject(one) ? one : {}));
  return typesOf(items).length === 0 || formOf(items) === 'json' ? [] : [column('', items)];
}

/** The words among which a field lets choose; empty where it takes others too. */
export function choicesOf(schema: JsonObject): readonly string[] {
  if (formOf(schema) === 'boolean') return ['true', 'false'];
  const values = schema['enum'];
  return isList(values) ? values.map(sayValue).filter((one) => one !== null) : [];
}

/**
 * What a person has written, as a value of the field's type; nothing leaves the field out. What is no
 * value of that type is a text: the schema says what is wrong with it.
 */
export function typedValue(written: string, schema: JsonObject): Json {
  const text = written.trim();
  if (text === '') return null;
  const values = schema['enum'];
  switch (formOf(schema)) {
    case 'choice':
      return (isList(values) ? values.find((one) => sayValue(one) === text) : undefined) ?? text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case 'json': {
      const value = jsonIn(text);
      return value === undefined ? text : value;
    }
    default:
      return text;
  }
}

/** A value as a person would write it; null for none. */
export function sayValue(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether an object is nothing without a field. */
export function isRequired(schema: JsonObject, path: readonly string[]): boolean {
  return path.every((name, index) => {
    const walked = walkSchema(
      schema,
      path.slice(0, index).map((one) => ({ kind: 'field', name: one })),
    );
    return 'schema' in walked && requiredOf(walked.schema).includes(name);
  });
}
