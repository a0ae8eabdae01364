import type { BadColumn } from '../layout/column-checks.ts';
import type { Carry, StreamLayout } from '../layout/layout.ts';

type Values = Record<string, string | readonly string[]>;

/** Knows the last record of each stream of a file, so that a child finds its parent. */
export class Families {
  readonly #carries = new Map<string, Carry>();
  readonly #last = new Map<string, Values>();

  constructor(layouts: ReadonlyMap<string, StreamLayout>) {
    for (const [stream, layout] of layouts) {
      if ('carry' in layout && layout.carry !== undefined) this.#carries.set(stream, layout.carry);
    }
  }

  /**
   * Gives a record what it has of its parent, and keeps it as the parent of those that follow;
   * answers what is missing where no parent stands before it.
   */
  join(stream: string, values: Values): BadColumn | null {
    const carry = this.#carries.get(stream);
    const parent = carry === undefined ? undefined : this.#last.get(carry.from);
    if (carry !== undefined && parent === undefined) {
      const [name = ''] = Object.keys(carry.columns);
      return { name, text: `is not known: no good record of "${carry.from}" stands before it` };
    }
    for (const [name, column] of Object.entries(carry?.columns ?? {})) {
      values[name] = parent?.[column] ?? '';
    }
    this.lose(stream);
    this.#last.set(stream, values);
    return null;
  }

  /** What follows a record that is lost is nobody's child; without a stream, it may be any. */
  lose(stream?: string): void {
    if (stream === undefined) this.#last.clear();
    else this.#last.delete(stream);
    for (const [child, { from }] of this.#carries) if (from === stream) this.lose(child);
  }
}
