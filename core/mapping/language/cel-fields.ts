import { nearestOr, nearestTo } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { isList, isObject } from '../../message/digest.ts';
import type { JsonObject, Saying } from '../../message/message.ts';
import { endOf, MACROS, nameOf, nodeOf, startOf, textOf } from './cel-node.ts';
import {
  type CelFunction,
  eitherOf,
  isOfRecord,
  isWholeNumber,
  type Kind,
  kindsOf,
  mayBe,
  mayMeet,
  SIDES,
  SUMS,
  sayKinds,
  schemaOfNode,
  takenBy,
} from './cel-types.ts';
import { ANYTHING, walkSchema } from './schema-walk.ts';

/** What is wrong with an expression, and where. */
export interface ExpressionFault {
  readonly said: Saying;
  readonly hint: Saying;
  /** Characters from the start of the expression. */
  readonly offset: number;
}

type Names = ReadonlyMap<string, JsonObject>;

/** Between what something is selected from and its name. */
const DOT = 1;

/** What an expression gives, and the first fault in what it reads and compares; null for none. */
export interface Judged {
  readonly schema: JsonObject;
  readonly fault: ExpressionFault | null;
}

/**
 * The first field that a name's schema does not have, values that can never be of one type, or text
 * that is compared with an enumeration that lacks it, at any depth. The expression's own checker
 * takes every field for `dyn`, since each may be absent.
 */
export function judgeFields(ast: unknown, names: Names, functions: readonly CelFunction[]): Judged {
  const walk = new Walk(functions);
  const schema = walk.schemaOf(ast, names);
  return { schema, fault: walk.faults[0] ?? null };
}

/**
 * The first function or macro that nobody knows. The expression's own checker tells it by its types
 * alone, and takes the variable of a misspelt macro for one that is missing.
 */
export function callFault(node: unknown, known: ReadonlySet<string>): ExpressionFault | null {
  if (Array.isArray(node)) {
    for (const one of node) {
      const fault = callFault(one, known);
      if (fault !== null) return fault;
    }
    return null;
  }
  const { op, args } = nodeOf(node);
  const [name, receiver] = Array.isArray(args) ? args : [];
  if ((op === 'call' || op === 'rcall') && !known.has(String(name))) {
    const offset = op === 'call' ? startOf(node) : endOf(receiver) + DOT;
    const said = saying('noFunction', { name: String(name) });
    return { said, hint: nearestTo(String(name), known), offset };
  }
  return op === undefined || op === 'value' ? null : callFault(args, known);
}

/** Ten years, as of a flow's `grace`. */
const LONGEST_GRACE = 3660n;

class Walk {
  readonly faults: ExpressionFault[] = [];
  readonly #functions: readonly CelFunction[];

  constructor(functions: readonly CelFunction[]) {
    this.#functions = functions;
  }

  /** The schema of what a node gives; open where it cannot be told. */
  schemaOf(node: unknown, names: Names): JsonObject {
    const made = this.#made(node, names);
    return made === ANYTHING ? schemaOfNode(node) : made;
  }

  #made(node: unknown, names: Names): JsonObject {
    if (Array.isArray(node)) {
      for (const one of node) this.schemaOf(one, names);
      return ANYTHING;
    }
    const { op, args } = nodeOf(node);
    if (op === undefined || op === 'value') return ANYTHING;
    if (op === 'id') return names.get(String(args)) ?? ANYTHING;
    const [first, second, third] = Array.isArray(args) ? args : [args];
    if (op === '.') return this.#selected(first, String(second), names);
    if (op === '[]') return this.#indexed(first, second, names);
    if (op === 'rcall') return this.#called(String(first), second, third, names);
    if (op === 'call') return this.#function(String(first), second, names);
    if (op === '==' || op === '!=') return this.#compared(first, second, names);
    if (op === 'in') return this.#within(first, second, names);
    if (op === '?:') return this.#chosen(first, second, third, names);
    if (op === 'list') return this.#listed(Array.isArray(args) ? args : [], names);
    const sides = SIDES[String(op)];
    if (sides !== undefined) {
      return this.#joined(String(op), sides, Array.isArray(args) ? args : [args], names);
    }
    this.schemaOf(args, names);
    return ANYTHING;
  }

  /** What is of the wrong kind at a node, and of which it should be. */
  #expect(node: unknown, schema: JsonObject, wanted: readonly Kind[]): void {
    if (mayBe(schema, wanted)) return;
    const given = sayKinds(kindsOf(schema) ?? []);
    const said = saying('celOtherKind', { given, wanted: sayKinds(wanted) });
    this.faults.push({ said, hint: saying('nothing', {}), offset: startOf(node) });
  }

  #joined(
    op: string,
    wanted: readonly Kind[],
    sides: readonly unknown[],
    names: Names,
  ): JsonObject {
    const schemas = sides.map((one) => this.schemaOf(one, names));
    for (const [index, schema] of schemas.entries()) this.#expect(sides[index], schema, wanted);
    if (SUMS.has(op)) this.#expectOneNumber(sides, schemas);
    const [left = ANYTHING, right = left] = schemas;
    const isOneKind = wanted.length === 1 || this.#alike(left, right, sides);
    return isOneKind && SUMS.has(op) ? eitherOf(left, right) : ANYTHING;
  }

  /** To CEL a number of a record has decimals, and whole numbers are not reckoned with those. */
  #expectOneNumber(sides: readonly unknown[], schemas: readonly JsonObject[]): void {
    const whole = sides.find(isWholeNumber);
    if (whole === undefined || !sides.some((one, at) => isOfRecord(one, schemas[at]))) return;
    const [said, hint] = [saying('celDecimals', {}), saying('celDecimalsHint', {})];
    this.faults.push({ said, hint, offset: startOf(whole) });
  }

  /** Whether both sides may be of one kind; if not, it is a fault. */
  #alike(left: JsonObject, right: JsonObject, [first, second]: readonly unknown[]): boolean {
    if (mayMeet(left, right)) return true;
    const isWritten = nodeOf(first).op === 'value';
    const [own, other] = isWritten ? [right, left] : [left, right];
    const said = saying('celNeverAlike', {
      own: sayKinds(kindsOf(own) ?? []),
      other: sayKinds(kindsOf(other) ?? []),
    });
    const hint = saying('celCompareWith', { kind: sayKinds(kindsOf(own) ?? []) });
    this.faults.push({ said, hint, offset: startOf(isWritten ? first : second) });
    return false;
  }

  #chosen(condition: unknown, one: unknown, other: unknown, names: Names): JsonObject {
    this.#expect(condition, this.schemaOf(condition, names), ['boolean']);
    return eitherOf(this.schemaOf(one, names), this.schemaOf(other, names));
  }

  #listed(items: readonly unknown[], names: Names): JsonObject {
    const schemas = items.map((one) => this.schemaOf(one, names));
    const [first = ANYTHING, ...others] = schemas;
    return { type: 'array', items: others.reduce(eitherOf, first) };
  }

  #selected(of: unknown, name: string, names: Names): JsonObject {
    const schema = this.schemaOf(of, names);
    const walked = walkSchema(schema, [{ kind: 'field', name }]);
    if ('schema' in walked) return walked.schema;
    const offset = endOf(of) + DOT;
    const hint = nearestTo(name, walked.candidates);
    this.faults.push({ said: saying('noField', { name }), hint, offset });
    return ANYTHING;
  }

  #indexed(of: unknown, index: unknown, names: Names): JsonObject {
    const schema = this.schemaOf(of, names);
    const key = textOf(index);
    if (key !== null && isObject(schema['properties'])) return this.#selected(of, key, names);
    this.schemaOf(index, names);
    return itemsOf(schema);
  }

  /** `list.exists(e, ...)`: the name stands for an item within. */
  #called(name: string, receiver: unknown, args: unknown, names: Names): JsonObject {
    const schema = this.schemaOf(receiver, names);
    const [bound, ...inner] = Array.isArray(args) ? args : [];
    const variable = MACROS.has(name) ? nameOf(bound) : null;
    if (variable === null) {
      const given = Array.isArray(args) ? args : [args];
      this.#given(
        name,
        true,
        [receiver, ...given],
        [schema, ...given.map((one) => this.schemaOf(one, names))],
      );
      return ANYTHING;
    }
    this.#expect(receiver, schema, ['array', 'object']);
    const within = new Map([...names, [variable, itemsOf(schema)]]);
    const made = inner.map((one) => this.schemaOf(one, within));
    if (name === 'map') return { type: 'array', items: made.at(-1) ?? ANYTHING };
    this.#expect(inner[0], made[0] ?? ANYTHING, ['boolean']);
    return name === 'filter' ? schema : ANYTHING;
  }

  #function(name: string, args: unknown, names: Names): JsonObject {
    const given = Array.isArray(args) ? args : [args];
    const schemas = given.map((one) => this.schemaOf(one, names));
    this.#given(name, false, given, schemas);
    if (name === 'recent') this.#days(given[1]);
    const [first = ANYTHING, second = ANYTHING] = schemas;
    if (name === 'first') return itemsOf(first);
    if (name !== 'orElse') return ANYTHING;
    const allowed = first['enum'];
    const other = textOf(given[1]);
    if (isList(allowed) && other !== null) return { ...first, enum: [...allowed, other] };
    return eitherOf(first, second);
  }

  /** What a function is given is of a kind that it takes, by all that bear its name. */
  #given(
    name: string,
    isCalledOn: boolean,
    given: readonly unknown[],
    schemas: readonly JsonObject[],
  ): void {
    for (const [place, schema] of schemas.entries()) {
      const taken = takenBy(this.#functions, name, isCalledOn, place);
      if (taken !== null) this.#expect(given[place], schema, taken);
    }
  }

  /** A grace that is written out is some days, and not for ever. */
  #days(node: unknown): void {
    const { op, args } = nodeOf(node);
    const isLong = op === 'value' && typeof args === 'bigint' && args > LONGEST_GRACE;
    if (op !== '-_' && !isLong) return;
    const said = saying('celDays', { most: Number(LONGEST_GRACE) });
    this.faults.push({ said, hint: saying('nothing', {}), offset: startOf(node) });
  }

  #compared(left: unknown, right: unknown, names: Names): JsonObject {
    const [own, other] = [this.schemaOf(left, names), this.schemaOf(right, names)];
    this.#allowed(own, right);
    this.#allowed(other, left);
    this.#alike(own, other, [left, right]);
    return ANYTHING;
  }

  #within(item: unknown, list: unknown, names: Names): JsonObject {
    const [own, other] = [this.schemaOf(item, names), this.schemaOf(list, names)];
    this.#allowed(own, list);
    this.#allowed(other, item);
    this.#expect(list, other, ['array', 'object']);
    if (kindsOf(other)?.includes('array')) this.#alike(own, itemsOf(other), [item, list]);
    return ANYTHING;
  }

  /** Texts that stand across from an enumeration, or from a list of one, are of it. */
  #allowed(schema: JsonObject, across: unknown): void {
    const allowed = schema['enum'] ?? itemsOf(schema)['enum'];
    if (!isList(allowed)) return;
    const { op, args } = nodeOf(across);
    for (const one of op === 'list' && Array.isArray(args) ? args : [across]) {
      const text = textOf(one);
      if (text === null || allowed.includes(text)) continue;
      const known = allowed.map(String);
      const codes = saying('knownSystems', { known: known.slice(0, 12) });
      const hint = nearestOr(text, known, codes);
      this.faults.push({ said: saying('noCodeThere', { code: text }), hint, offset: startOf(one) });
    }
  }
}

function itemsOf({ items }: JsonObject): JsonObject {
  return isObject(items) ? items : ANYTHING;
}
