import { saying } from '../../failure/saying.ts';
import type { BadColumn } from '../layout/column-checks.ts';
import type { Carry, StreamLayout } from '../layout/layout.ts';

type Values = Record<string, string | readonly string[]>;

/** Knows the records before those of a file that take something from them: their parents. */
export class Families {
  readonly #carries = new Map<string, Carry>();
  readonly #last = new Map<string, Values>();
  /** Child's stream -> value that tells a parent -> the parent, where it need not be the last. */
  readonly #known = new Map<string, Map<string, Values>>();

  constructor(layouts: ReadonlyMap<string, StreamLayout>) {
    for (const [stream, layout] of layouts) {
      if (!('carry' in layout) || layout.carry === undefined) continue;
      this.#carries.set(stream, layout.carry);
      if (layout.carry.by !== undefined) this.#known.set(stream, new Map());
    }
  }

  /**
   * Gives a record what it has of its parent, and keeps it as the parent of those that follow;
   * answers what is missing where no parent stands before it.
   */
  join(stream: string, values: Values): BadColumn | null {
    if (this.#carries.size === 0) return null;
    const carry = this.#carries.get(stream);
    const parent = carry === undefined ? undefined : this.#parentOf(stream, carry, values);
    if (carry !== undefined && parent === undefined) {
      const [name = ''] = Object.keys(carry.columns);
      return { name, text: saying('noParent', { stream: carry.from }) };
    }
    for (const [name, column] of Object.entries(carry?.columns ?? {})) {
      values[name] = parent?.[column] ?? '';
    }
    this.lose(stream);
    this.#last.set(stream, values);
    this.#remember(stream, values);
    return null;
  }

  /** What follows a record that is lost is nobody's child; without a stream, it may be any. */
  lose(stream?: string): void {
    if (stream === undefined) this.#last.clear();
    else this.#last.delete(stream);
    for (const [child, { from, by }] of this.#carries) {
      if (from === stream && by === undefined) this.lose(child);
    }
  }

  #parentOf(stream: string, { from, by }: Carry, values: Values): Values | undefined {
    if (by === undefined) return this.#last.get(from);
    return this.#known.get(stream)?.get(String(values[by.own] ?? ''));
  }

  /** Of a parent that is looked up, what its children take: it is in memory as long as the file. */
  #remember(stream: string, values: Values): void {
    for (const [child, { from, by, columns }] of this.#carries) {
      if (from !== stream || by === undefined) continue;
      const taken = Object.values(columns).map((column) => [column, values[column] ?? '']);
      this.#known.get(child)?.set(String(values[by.parent] ?? ''), Object.fromEntries(taken));
    }
  }
}
