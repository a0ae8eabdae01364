import { isList } from '../../core/message/digest.ts';
import type { JsonObject } from '../../core/message/message.ts';
import { membersOf } from './read-schema.ts';

/** Where the objects go. */
export interface ObjectKind {
  readonly connector: string;
  readonly objectKind: string;
  /** JSON Schema of the object. */
  readonly schema: JsonObject;
}

interface Leaf {
  readonly path: readonly string[];
  readonly schema: JsonObject;
  readonly isRequired: boolean;
}

/**
 * A mapping file with every field of the target: taken from the entity's field of the same name
 * where there is one, else left out (or, if the target requires it, never there) with what the
 * target says of it, for a person to decide. It passes `check` as it is.
 */
export function mappingSkeleton(to: ObjectKind, entity: JsonObject): string {
  const kind = /\/([a-z-]+)\.v(\d+)\.json$/.exec(String(entity['$id']));
  const from = `${kind?.[1] ?? 'person'}.v${kind?.[2] ?? '1'}`;
  const leaves = leavesOf(to.schema, [], true);
  const fields = leaves.map((leaf) => `  ${nameOf(leaf.path)}: ${ruleOf(leaf, entity)}`);
  return [
    '# yaml-language-server: $schema=../../schemas/hub/mapping.v1.json',
    `from: ${from}`,
    `to: ${to.connector}/${to.objectKind}`,
    'key: { take: id }',
    'fields:',
    ...fields,
    '',
  ].join('\n');
}

/** Objects are walked into; lists are one field. */
function leavesOf(
  schema: JsonObject,
  path: readonly string[],
  isRequired: boolean,
): readonly Leaf[] {
  const properties = membersOf(schema['properties']);
  const required = isList(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).flatMap(([name, property]) => {
    const inner = membersOf(property);
    const here = { path: [...path, name], isRequired: isRequired && required.includes(name) };
    // A name with dots of its own is one step: what is below it has no dotted name.
    const hasInner = Object.keys(membersOf(inner['properties'])).length > 0;
    const isNested = hasInner && !name.includes('.');
    return isNested ? leavesOf(inner, here.path, here.isRequired) : [{ ...here, schema: inner }];
  });
}

/** SCIM's schema URNs have dots: a name with anything but letters and digits is quoted. */
function nameOf(path: readonly string[]): string {
  const name = path.join('.');
  return /^[\w.]+$/.test(name) ? name : JSON.stringify(name);
}

function ruleOf({ path, schema, isRequired }: Leaf, entity: JsonObject): string {
  const taken = sameNamed(path, schema, entity);
  if (taken !== null)
    return `{ take: ${taken}${isRequired ? ', missing: park' : ''}${cut(schema)} }`;
  const { description, enum: values } = schema;
  const type = isList(schema['type']) ? schema['type'].join(' or ') : schema['type'];
  const about = [
    typeof description === 'string' ? description.replace(/\.$/, '') : null,
    isList(values) ? `one of ${values.slice(0, 8).join(', ')}` : (type ?? null),
    isRequired ? 'required' : null,
  ].filter((one) => one !== null);
  const open = `to be decided: ${about.join('; ')}`;
  // Without it the target takes nothing: until a person decides, every object waits for that.
  return isRequired ? `{ cel: "null" }   # ${open}` : `{ omit: ${JSON.stringify(open)} }`;
}

function cut({ maxLength }: JsonObject): string {
  return typeof maxLength === 'number' ? `, maxLength: ${maxLength}, longer: park` : '';
}

/** The entity's own field of the same name and type, whatever the case of its letters. */
function sameNamed(
  path: readonly string[],
  { type }: JsonObject,
  entity: JsonObject,
): string | null {
  const wanted = path.at(-1)?.toLowerCase();
  const found = Object.entries(membersOf(entity['properties'])).find(([name, property]) => {
    const isSameType = type === undefined || membersOf(property)['type'] === type;
    return name.toLowerCase() === wanted && isSameType && type !== 'array' && type !== 'object';
  });
  return found?.[0] ?? null;
}
