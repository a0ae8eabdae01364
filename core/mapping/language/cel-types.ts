import { isObject } from '../../message/digest.ts';
import type { JsonObject, Saying } from '../../message/message.ts';
import { typeWord } from '../../schema/rule-words.ts';
import { nodeOf } from './cel-node.ts';
import { ANYTHING, typesOf } from './schema-walk.ts';

/** What expressions tell apart. Every number is one kind, as JSON has it. */
export type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object';

const KIND_OF: Readonly<Record<string, Kind>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  array: 'array',
  object: 'object',
};

/**
 * The kinds that a value may be of by its schema; null where that is open. That there is no value
 * is no kind: it may be compared with anything.
 */
export function kindsOf(schema: JsonObject): readonly Kind[] | null {
  const kinds = typesOf(schema).flatMap((type) => KIND_OF[type] ?? []);
  return kinds.length === 0 ? null : [...new Set(kinds)];
}

/** False where no value could be of one of the kinds; true where nothing is known. */
export function mayBe(schema: JsonObject, wanted: readonly Kind[]): boolean {
  const kinds = kindsOf(schema);
  return kinds === null || kinds.some((kind) => wanted.includes(kind));
}

/** False where what one schema has and what the other has are never of one kind. */
export function mayMeet(one: JsonObject, other: JsonObject): boolean {
  const kinds = kindsOf(other);
  return kinds === null || mayBe(one, kinds);
}

/** `a text`, `a number` ... */
export function sayKinds(kinds: readonly Kind[]): readonly (Saying | string)[] {
  return kinds.map(typeWord);
}

/** The schema of either of two values; open where one of them is. */
export function eitherOf(one: JsonObject, other: JsonObject): JsonObject {
  const [first, second] = [typesOf(one), typesOf(other)];
  if (first.length === 0 || second.length === 0) return ANYTHING;
  const type = [...new Set([...first, ...second])];
  const items = isObject(one['items']) && isObject(other['items']) ? { items: ANYTHING } : {};
  return { type, ...items };
}

/** CEL's own types, as its checker writes them. */
const TYPE_OF: Readonly<Record<string, string>> = {
  bool: 'boolean',
  int: 'integer',
  uint: 'integer',
  double: 'number',
  string: 'string',
  list: 'array',
  map: 'object',
  null: 'null',
};

/** A type such as `list<string>` as a schema; open for what JSON does not have, and for `dyn`. */
export function schemaOfType(written: string): JsonObject {
  const [, name = '', inner = ''] = /^([a-z]+)(?:<(.*)>)?$/.exec(written) ?? [];
  const type = TYPE_OF[name];
  if (type === undefined) return ANYTHING;
  return type === 'array' ? { type, items: schemaOfType(inner) } : { type };
}

/** What the checker of expressions has found a node to be. */
export function schemaOfNode(node: unknown): JsonObject {
  const { checkedType } = nodeOf(node);
  const isNamed = typeof checkedType === 'object' && checkedType !== null && 'name' in checkedType;
  return isNamed ? schemaOfType(String(checkedType.name)) : ANYTHING;
}

/** Operators, and what stands on both sides of them. */
export const SIDES: Readonly<Record<string, readonly Kind[]>> = {
  '&&': ['boolean'],
  '||': ['boolean'],
  '!_': ['boolean'],
  '<': ['string', 'number'],
  '<=': ['string', 'number'],
  '>': ['string', 'number'],
  '>=': ['string', 'number'],
  '+': ['string', 'number', 'array'],
  '-': ['number'],
  '*': ['number'],
  '/': ['number'],
  '%': ['number'],
  '-_': ['number'],
};

/** Of those, the ones whose result is of the kind of their sides. */
export const SUMS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '-_']);

/** A whole number of the expression itself: `1`, `size(list)`. */
export function isWholeNumber(node: unknown): boolean {
  return schemaOfNode(node)['type'] === 'integer';
}

/** A number that a record has, of which the checker knows nothing. */
export function isOfRecord(node: unknown, schema: JsonObject = ANYTHING): boolean {
  const kinds = kindsOf(schema) ?? [];
  return (
    schemaOfNode(node) === ANYTHING && kinds.every((kind) => kind === 'number') && kinds.length > 0
  );
}

/** A function as the library declares it: what it is called on, and with what. */
export interface CelFunction {
  readonly name: string;
  /** Null for what stands alone. */
  readonly receiverType: string | null;
  readonly returnType: string;
  readonly params: readonly { readonly type: string }[];
}

/** What our own functions read: they are declared for anything, since a field may be absent. */
const OURS: Readonly<Record<string, readonly Kind[]>> = {
  active: ['object'],
  notEnded: ['object'],
  recent: ['object'],
  activeOn: ['object'],
  ofSchoolAge: ['string'],
  ours: ['object'],
  age: ['string'],
  first: ['array'],
  text: ['string', 'number', 'boolean'],
};

/**
 * The kinds that a function takes in one place, over all that bear its name; null where it takes
 * anything. Place 0 is what stands before its dot, or what it is given first where nothing does.
 */
export function takenBy(
  functions: readonly CelFunction[],
  name: string,
  isCalledOn: boolean,
  place: number,
): readonly Kind[] | null {
  if (!isCalledOn && place === 0 && OURS[name] !== undefined) return OURS[name];
  const meant = functions.filter((one) => {
    return one.name === name && (one.receiverType !== null) === isCalledOn;
  });
  const types = meant.flatMap(({ receiverType, params }) => {
    const all = [
      ...(receiverType === null ? [] : [receiverType]),
      ...params.map(({ type }) => type),
    ];
    return all[place] ?? [];
  });
  const kinds = types.map((type) => kindsOf(schemaOfType(type)));
  if (kinds.length === 0 || types.some((type) => type === 'dyn' || type === 'ast')) return null;
  return [...new Set(kinds.flatMap((one) => one ?? []))];
}
