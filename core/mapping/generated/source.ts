import type { Evaluate, Scope } from '../rules/evaluation.ts';

/** Names that every generated function has: what it is called with, and its own lists. */
const PARAMETERS = ['root', 'today', 'lookup', 'identify', 'identifyOwn'] as const;

/**
 * Source text under construction. What a file says never stands in it but for field names that are
 * plain words, in quotes: all else is a constant that the function is handed beside its text.
 */
export class Source {
  #lines: string[] = [];
  readonly #constants: unknown[] = [];
  readonly #known = new Map<unknown, string>();
  #names = 0;
  readonly #slots: number;
  /** Counts what the interpreter had to evaluate; see `anew`. */
  readonly counts = { anew: 0 };

  constructor(slots: number) {
    this.#slots = slots;
    for (let slot = 0; slot < slots; slot++) this.line(`let ${this.local(slot)};`);
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** A name that nothing else has. */
  fresh(): string {
    this.#names += 1;
    return `v${this.#names}`;
  }

  /** Declares a variable with a value. */
  variable(value: string): string {
    const name = this.fresh();
    this.line(`let ${name} = ${value};`);
    return name;
  }

  /** The variable of a name of `let` or `as`. */
  local(slot: number): string {
    return `s${slot}`;
  }

  /** The name of something that is no text of this source. */
  constant(value: unknown): string {
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const name = `c${this.#constants.push(value) - 1}`;
    this.#known.set(value, name);
    return name;
  }

  /** How a field is reached: `["name"]`, or by a constant where it is no plain word. */
  field(name: string): string {
    return plainName(name) ? `[${JSON.stringify(name)}]` : `[${this.constant(name)}]`;
  }

  /** What the interpreter makes of the scope as it is here. */
  evaluated(evaluate: (scope: Scope) => unknown): string {
    const locals = Array.from({ length: this.#slots }, (_, slot) => this.local(slot)).join(', ');
    return `${this.constant(evaluate)}({ ${PARAMETERS.join(', ')}, locals: [${locals}] })`;
  }

  /** The same, counted: what was to be judged here is not as it usually is. */
  anew(evaluate: Evaluate): string {
    const { counts } = this;
    const counted: Evaluate = (scope) => {
      counts.anew += 1;
      return evaluate(scope);
    };
    return this.evaluated(counted);
  }

  /** Writes something that may turn out to be impossible: then nothing of it stays. */
  attempt(write: () => void): void {
    const before = this.#lines;
    this.#lines = [...before];
    try {
      write();
    } catch (thrown) {
      if (thrown !== NOT_PLAIN) throw thrown;
      this.#lines = before;
    }
  }

  /** The function, of the parameters in their order. */
  compile(): (...parameters: readonly unknown[]) => unknown {
    const constants = this.#constants.map((_, index) => `c${index}`).join(', ');
    const body = this.#lines.join('\n');
    const text = `"use strict"; const [${constants}] = constants;
return function (${PARAMETERS.join(', ')}) {
${body}
};`;
    return new Function('constants', text)(this.#constants);
  }
}

/** Thrown where something cannot be written as plain code. */
export const NOT_PLAIN = Symbol('not plain');

/** Whether a field's name may stand in source text: a word that every object lacks by itself. */
export function plainName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(name) && isOwn(name);
}

/** Whether an object that has such a field has it of its own: all objects have `constructor`. */
export function isOwn(name: string): boolean {
  return !(name in Object.prototype);
}
