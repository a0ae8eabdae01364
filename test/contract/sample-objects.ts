import { isObject } from '../../core/message/digest.ts';
import type { Json, JsonObject } from '../../core/message/message.ts';

/** Fields of an object kind, as its schema has them. */
type Fields = ReadonlyMap<string, JsonObject>;

/** Makes objects of a kind from its schema: valid ones, in any version, and refused ones. */
export class Samples {
  /** The field with our key. */
  readonly keyField: string;
  readonly #fields: Fields;
  readonly #required: ReadonlySet<string>;
  readonly #fixed: JsonObject;

  /** `fixed` is what the objects hold in every version, such as what they refer to. */
  constructor(schema: JsonObject, keyField: string, fixed: JsonObject) {
    const properties = isObject(schema['properties']) ? schema['properties'] : {};
    const named = Object.entries(properties).flatMap(([name, field]) =>
      isObject(field) ? [[name, field] as const] : [],
    );
    this.#fields = new Map(named);
    this.keyField = keyField;
    this.#required = new Set(textsOf(schema['required']));
    this.#fixed = fixed;
  }

  /** A valid object; it holds other words in another version. */
  object(key: string, version: number): JsonObject {
    const sampled = [...this.#fields].flatMap(([name, field]): [string, Json][] => {
      const value = sampleOf(name, field, key, version);
      return value === undefined ? [] : [[name, value]];
    });
    return { ...Object.fromEntries(sampled), ...this.#fixed, [this.keyField]: key };
  }

  /** An object with a value that no target takes, or without one that it needs. */
  refused(key: string, secret: string): JsonObject {
    const object = this.object(key, 1);
    const coded = [...this.#fields].find(([, field]) => Array.isArray(field['enum']))?.[0];
    if (coded !== undefined) return { ...object, [coded]: secret };
    const free = (name: string) => name !== this.keyField && !(name in this.#fixed);
    const [needed, ...others] = Object.keys(object)
      .filter(free)
      .sort((a, b) => Number(this.#required.has(b)) - Number(this.#required.has(a)));
    const { [needed ?? '']: _left, ...rest } = object;
    const told = others.find((name) => typeof rest[name] === 'string');
    return told === undefined ? rest : { ...rest, [told]: secret };
  }
}

/** A value of a field; none where it refers to something, or its schema says too little. */
function sampleOf(name: string, field: JsonObject, key: string, version: number): Json | undefined {
  const { enum: codes, type, examples, format } = field;
  if ('x-reference' in field) return undefined;
  if (Array.isArray(codes)) return codes[Math.abs(version) % codes.length];
  if (Array.isArray(examples) && examples.length > 0) return examples[version % examples.length];
  if (type === 'boolean') return version % 2 === 1;
  if (type === 'integer' || type === 'number') return Number(field['minimum'] ?? 0) + version;
  if (type !== 'string' || 'pattern' in field) return undefined;
  if (format === 'email') return `${key}.${version}@skola.example`;
  if (format === 'date') return `2026-08-${String(10 + version)}`;
  return `${name}${version}`.slice(0, Number(field['maxLength'] ?? 99));
}

function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
