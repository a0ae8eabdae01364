import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { parseXml } from '../../core/codec/xml/xml-document.ts';
import { child, children, localName, type XmlElement } from '../../core/codec/xml/xml-element.ts';
import { InvalidFailure } from '../../core/failure/failure.ts';
import { didYouMean } from '../../core/failure/lint.ts';
import { isList, isObject } from '../../core/message/digest.ts';
import type { Json, JsonObject } from '../../core/message/message.ts';
import { parseYaml } from '../../core/schema/yaml-file.ts';

/** Nobody sends such a file: who runs the command has it. */
const HINT = 'Name the file in which the owner of the system publishes it: --schema <file>#<name>.';

/**
 * The JSON Schema of one kind of object, from the file in which its owner publishes it: OpenAPI
 * (JSON or YAML), XSD, a SCIM schema (RFC 7643, 7), or JSON Schema itself. `name` chooses among
 * several. Throws FILE_LAYOUT, naming what the file has.
 */
export async function readObjectSchema(file: string, name: string): Promise<JsonObject> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new InvalidFailure('FILE_MISSING', `${file} cannot be read`, { cause, hint: HINT });
  });
  if (extname(file) === '.xsd') return xsdType(parseXml(text), name, file);
  const { yaml, lints } = parseYaml(file, text);
  const [fault] = lints;
  if (yaml === null || fault !== undefined) {
    const where = fault === undefined ? file : `${file}:${fault.line}:${fault.column}`;
    throw new InvalidFailure(
      'FILE_LAYOUT',
      `${where} ${fault?.text ?? 'is neither JSON nor YAML'}`,
      { hint: HINT },
    );
  }
  // SAFETY: what parses from JSON or YAML is JSON.
  const document = membersOf(yaml.value as Json);
  if (isList(document['attributes'])) return scimObject(document['attributes'], document);
  const schemas = membersOf(membersOf(document['components'])['schemas']);
  if (Object.keys(schemas).length === 0) return document;
  const chosen = schemas[name];
  if (chosen === undefined) throw unknown(file, name, Object.keys(schemas));
  return resolved(membersOf(chosen), schemas, new Set([name]));
}

function unknown(file: string, name: string, known: readonly string[]): InvalidFailure {
  const text = `${file} has no "${name}"; it has ${known.slice(0, 12).join(', ')}`;
  return new InvalidFailure('FILE_LAYOUT', text, { hint: didYouMean(name, known) });
}

// --- OpenAPI ---------------------------------------------------------------------------------

/** The schema with its `$ref`s into `components/schemas` filled in; a circle ends in anything. */
function resolved(
  schema: JsonObject,
  schemas: JsonObject,
  inside: ReadonlySet<string>,
): JsonObject {
  const reference = /^#\/components\/schemas\/(.+)$/.exec(String(schema['$ref'] ?? ''))?.[1];
  if (reference !== undefined) {
    if (inside.has(reference)) return {};
    return resolved(membersOf(schemas[reference]), schemas, new Set([...inside, reference]));
  }
  const all = isList(schema['allOf']) ? schema['allOf'] : [];
  const parts = all.map((one) => resolved(membersOf(one), schemas, inside));
  const own = Object.entries(membersOf(schema['properties'])).map(
    ([name, property]) => [name, resolved(membersOf(property), schemas, inside)] as const,
  );
  const properties = Object.assign({}, ...parts.map((one) => membersOf(one['properties'])));
  const required = [schema, ...parts].flatMap((one) =>
    isList(one['required']) ? one['required'] : [],
  );
  const { allOf: _all, properties: _properties, required: _required, ...rest } = schema;
  const items = schema['items'];
  return {
    ...rest,
    ...(items === undefined ? {} : { items: resolved(membersOf(items), schemas, inside) }),
    ...(own.length + Object.keys(properties).length === 0
      ? {}
      : { properties: { ...properties, ...Object.fromEntries(own) }, required }),
  };
}

// --- SCIM ------------------------------------------------------------------------------------

const SCIM_TYPES: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  integer: 'integer',
  decimal: 'number',
};

/** Attributes that a client may write (RFC 7643, 7: `mutability`). */
function scimObject(attributes: readonly Json[], about: JsonObject): JsonObject {
  const writable = attributes.map(membersOf).filter((one) => one['mutability'] !== 'readOnly');
  const properties = writable.map((one) => [String(one['name']), scimAttribute(one)] as const);
  const required = writable.filter((one) => one['required'] === true).map((one) => one['name']);
  const { description } = about;
  return {
    ...(typeof description === 'string' ? { description } : {}),
    ...{ type: 'object', properties: Object.fromEntries(properties) },
    required: required.map(String),
  };
}

function scimAttribute(attribute: JsonObject): JsonObject {
  const { description, canonicalValues, subAttributes, multiValued } = attribute;
  const inner: JsonObject = isList(subAttributes)
    ? scimObject(subAttributes, {})
    : { type: SCIM_TYPES[String(attribute['type'])] ?? 'string' };
  const values = isList(canonicalValues) && canonicalValues.length > 0 ? canonicalValues : null;
  const one = { ...inner, ...(values === null ? {} : { enum: values }) };
  const said = typeof description === 'string' ? { description } : {};
  return multiValued === true ? { type: 'array', items: one, ...said } : { ...one, ...said };
}

// --- XSD -------------------------------------------------------------------------------------

const XSD_TYPES: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  ...{ int: 'integer', integer: 'integer', long: 'integer', short: 'integer' },
  ...{ positiveInteger: 'integer', nonNegativeInteger: 'integer' },
  ...{ decimal: 'number', double: 'number', float: 'number' },
};

/** A complex type, or an element with one, by its name. */
function xsdType(root: XmlElement, name: string, file: string): JsonObject {
  const types = new Map(
    root.children
      .filter((one) => ['complexType', 'simpleType', 'element'].includes(localName(one.name)))
      .map((one) => [one.attributes['name'] ?? '', one]),
  );
  const chosen = types.get(name);
  if (chosen === undefined) throw unknown(file, name, [...types.keys()]);
  return xsdNode(chosen, types, new Set([name]));
}

function xsdNode(
  node: XmlElement,
  types: ReadonlyMap<string, XmlElement>,
  inside: ReadonlySet<string>,
): JsonObject {
  const type = localName(node.attributes['type'] ?? '');
  const named = types.get(type);
  if (named !== undefined && named !== node && !inside.has(type)) {
    return xsdNode(named, types, new Set([...inside, type]));
  }
  const complex = localName(node.name) === 'complexType' ? node : part(node, 'complexType');
  if (complex === undefined) return xsdSimple(node, type);
  const elements = elementsOf(complex);
  const properties = elements.map((one) => {
    const inner = xsdNode(one, types, inside);
    const isList = (one.attributes['maxOccurs'] ?? '1') !== '1';
    return [
      one.attributes['name'] ?? '',
      isList ? { type: 'array', items: inner } : inner,
    ] as const;
  });
  const required = elements.filter((one) => one.attributes['minOccurs'] !== '0');
  return {
    ...{ type: 'object', properties: Object.fromEntries(properties) },
    required: required.map((one) => one.attributes['name'] ?? ''),
  };
}

/** The elements of a type's sequences, choices and extensions, in order. */
function elementsOf(node: XmlElement): readonly XmlElement[] {
  return node.children.flatMap((one) => {
    if (localName(one.name) === 'element') return [one];
    const isGroup = ['sequence', 'all', 'choice', 'complexContent', 'extension'];
    return isGroup.includes(localName(one.name)) ? elementsOf(one) : [];
  });
}

function xsdSimple(node: XmlElement, type: string): JsonObject {
  const simple = localName(node.name) === 'simpleType' ? node : part(node, 'simpleType');
  const restriction = simple === undefined ? undefined : part(simple, 'restriction');
  if (restriction === undefined) return { type: XSD_TYPES[type] ?? 'string' };
  const prefix = restriction.name.includes(':') ? `${restriction.name.split(':')[0]}:` : '';
  const values = children(restriction, `${prefix}enumeration`).map(
    (one) => one.attributes['value'],
  );
  const maxLength = child(restriction, `${prefix}maxLength`)?.attributes['value'];
  const base = localName(restriction.attributes['base'] ?? '');
  return {
    type: XSD_TYPES[base] ?? 'string',
    ...(values.length === 0 ? {} : { enum: values.map(String) }),
    ...(maxLength === undefined ? {} : { maxLength: Number(maxLength) }),
  };
}

function part(node: XmlElement, name: string): XmlElement | undefined {
  return node.children.find((one) => localName(one.name) === name);
}

/** The members of an object; none of anything else. */
export function membersOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
