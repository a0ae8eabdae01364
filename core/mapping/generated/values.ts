import { type CelNode, nodeOf } from '../language/cel-node.ts';
import { isOwn, NOT_PLAIN, type Source } from './source.ts';

/** Code that gives a value, and what is known of it; an `int` is a number here. */
export interface Value {
  readonly code: string;
  readonly kind: 'any' | 'bool' | 'text' | 'int' | 'list' | 'null';
}

export type Names = ReadonlyMap<string, () => Value>;

/** Writes the nodes of one expression, which is left by its label where a value is unusual. */
export class Writer {
  readonly source: Source;
  readonly #plain: string;
  readonly #writeNode: (writer: Writer, node: CelNode, names: Names) => Value;

  constructor(
    source: Source,
    plain: string,
    writeNode: (writer: Writer, node: CelNode, names: Names) => Value,
  ) {
    this.source = source;
    this.#plain = plain;
    this.#writeNode = writeNode;
  }

  write(node: unknown, names: Names): Value {
    return this.#writeNode(this, nodeOf(node), names);
  }

  /** Goes on only where the condition holds. */
  unless(condition: string): void {
    this.source.line(`if (!(${condition})) break ${this.#plain};`);
  }

  bool(value: Value): string {
    return this.#sure(value, 'bool', `typeof ${value.code} === "boolean"`);
  }

  text(value: Value): string {
    return this.#sure(value, 'text', `typeof ${value.code} === "string"`);
  }

  number(value: Value): string {
    return this.#sure(value, 'int', `typeof ${value.code} === "number"`);
  }

  list(value: Value): string {
    return this.#sure(value, 'list', `Array.isArray(${value.code})`);
  }

  #sure({ code, kind }: Value, wanted: Value['kind'], condition: string): string {
    if (kind !== wanted && kind !== 'any') throw NOT_PLAIN;
    if (kind === 'any') this.unless(condition);
    return code;
  }

  /** No object and no list: nobody needs to look inside. */
  unlessScalar({ code, kind }: Value): void {
    if (kind === 'list') throw NOT_PLAIN;
    if (kind === 'any') this.unless(`typeof ${code} !== "object" || ${code} === null`);
  }

  /** A field of an object that has it. */
  field(of: Value, name: string): Value {
    if (of.kind !== 'any' || !isOwn(name)) throw NOT_PLAIN;
    this.unless(this.isObject(of.code));
    const value = this.source.variable(`${of.code}${this.source.field(name)}`);
    this.unless(`${value} !== undefined`);
    return { code: value, kind: 'any' };
  }

  isObject(code: string): string {
    return `typeof ${code} === "object" && ${code} !== null && !Array.isArray(${code})`;
  }
}
