import assert from 'node:assert/strict';
import type { JsonObject } from '../../message/message.ts';
import { carryOf } from '../layout/layout.ts';
import type { WrittenLayout } from './row-form.ts';

interface FamilyRow {
  readonly stream: string;
  readonly record: JsonObject;
  readonly row: string;
}

/**
 * The rows of a file in which children stand behind their parents: they come stream by stream, and
 * are in memory until all of them are there.
 */
export class FamilyRows {
  readonly #streams: ReadonlyMap<string, WrittenLayout>;
  readonly #first: FamilyRow[] = [];
  /** By stream and parent. */
  readonly #children = new Map<string, FamilyRow[]>();

  constructor(streams: ReadonlyMap<string, WrittenLayout>) {
    this.#streams = streams;
  }

  add(stream: string, record: JsonObject, row: string): void {
    const [[carried] = []] = Object.entries(carryOf(this.#streams.get(stream))?.columns ?? {});
    if (carried === undefined) this.#first.push({ stream, record, row });
    else {
      const name = nameOf(stream, record[carried]);
      const siblings = this.#children.get(name) ?? [];
      siblings.push({ stream, record, row });
      this.#children.set(name, siblings);
    }
  }

  /** All rows, each child behind its parent; a child without one is a fault of ours. */
  *inOrder(): Generator<string> {
    for (const one of this.#first) yield* this.#family(one);
    assert.equal(this.#children.size, 0, 'a child has no parent in its file');
  }

  *#family({ stream, record, row }: FamilyRow): Generator<string> {
    yield row;
    for (const [name, layout] of this.#streams) {
      const carry = carryOf(layout);
      if (carry?.from !== stream) continue;
      const [column = ''] = Object.values(carry.columns);
      const family = nameOf(name, record[column]);
      const children = this.#children.get(family) ?? [];
      this.#children.delete(family);
      for (const child of children) yield* this.#family(child);
    }
  }
}

function nameOf(stream: string, parent: unknown): string {
  return JSON.stringify([stream, parent ?? '']);
}
