import { nearestOr, nearestTo } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { isList, isObject } from '../../message/digest.ts';
import type { JsonObject, Saying } from '../../message/message.ts';
import { endOf, MACROS, nameOf, nodeOf, startOf, textOf } from './cel-node.ts';
import { ANYTHING, walkSchema } from './schema-walk.ts';

/** What is wrong with an expression, and where. */
export interface ExpressionFault {
  /** A text is the expression library's. */
  readonly said: string | Saying;
  readonly hint: string | Saying;
  /** Characters from the start of the expression. */
  readonly offset: number;
}

type Names = ReadonlyMap<string, JsonObject>;

/** Between what something is selected from and its name. */
const DOT = 1;

/**
 * The first field that a name's schema does not have, or text that is compared with an enumeration
 * that lacks it, at any depth. The expression's own checker takes everything for `dyn`.
 */
export function fieldFault(ast: unknown, names: Names): ExpressionFault | null {
  const walk = new Walk();
  walk.schemaOf(ast, names);
  return walk.faults[0] ?? null;
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

class Walk {
  readonly faults: ExpressionFault[] = [];

  /** The schema of what a node gives; open where it cannot be told. */
  schemaOf(node: unknown, names: Names): JsonObject {
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
    if (op === '==' || op === '!=' || op === 'in') return this.#compared(first, second, names);
    this.schemaOf(args, names);
    return ANYTHING;
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
      this.schemaOf(args, names);
      return ANYTHING;
    }
    const within = new Map([...names, [variable, itemsOf(schema)]]);
    const made = inner.map((one) => this.schemaOf(one, within));
    if (name === 'filter') return schema;
    return name === 'map' ? { type: 'array', items: made.at(-1) ?? ANYTHING } : ANYTHING;
  }

  #function(name: string, args: unknown, names: Names): JsonObject {
    const given = Array.isArray(args) ? args : [args];
    const [first = ANYTHING] = given.map((one) => this.schemaOf(one, names));
    if (name === 'first') return itemsOf(first);
    if (name !== 'orElse') return ANYTHING;
    const allowed = first['enum'];
    const other = textOf(given[1]);
    return isList(allowed) && other !== null ? { ...first, enum: [...allowed, other] } : ANYTHING;
  }

  #compared(left: unknown, right: unknown, names: Names): JsonObject {
    this.#allowed(this.schemaOf(left, names), right);
    this.#allowed(this.schemaOf(right, names), left);
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
