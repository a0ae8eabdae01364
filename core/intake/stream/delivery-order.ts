import type { EntityRef } from '../../message/message.ts';
import { keptValue, type Store } from '../../store/store.ts';

/** By module and stream: four bytes for each part, in base64. */
const ORDERS = keptValue<string>('order');

interface Named {
  readonly entity: EntityRef;
  readonly part: string;
}

/** What stands in its place in an order; two of a city's parts seldom have the same. */
export function numberOf({ entity, part }: Named): number {
  // FNV-1a, begun with what is random in a canonical id.
  let hash = Number.parseInt(entity.id.slice(0, 8), 16) || 0;
  for (let at = 0; at < part.length; at++) {
    hash = Math.imul(hash ^ part.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

/** In which order the parts of whole sets came: what is cut off a file is a run of it. */
export class DeliveryOrder {
  readonly #streams = new Map<string, Numbers>();

  note(stream: string, parts: readonly Named[]): void {
    for (const part of parts) this.noteNumber(stream, numberOf(part));
  }

  /** The same of a part that is known by its number. */
  noteNumber(stream: string, number: number): void {
    const numbers = this.#streams.get(stream) ?? new Numbers();
    this.#streams.set(stream, numbers);
    numbers.push(number);
  }

  /** In place of the order of the delivery before. */
  async keep(store: Store, module: string, streams: Iterable<string>): Promise<void> {
    for (const stream of streams) {
      const bytes = this.#streams.get(stream)?.bytes() ?? Buffer.alloc(0);
      await ORDERS.write(store, `${module} ${stream}`, bytes.toString('base64'));
    }
  }
}

/** The order of the last delivery that was taken in; empty where none is known. */
export async function lastOrder(
  store: Store,
  module: string,
  stream: string,
): Promise<Uint32Array> {
  const bytes = Buffer.from((await ORDERS.read(store, `${module} ${stream}`)) ?? '', 'base64');
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** A list of numbers that takes four bytes each. */
class Numbers {
  #list = new Uint32Array(1024);
  #length = 0;

  push(number: number): void {
    if (this.#length === this.#list.length) {
      const longer = new Uint32Array(2 * this.#length);
      longer.set(this.#list);
      this.#list = longer;
    }
    this.#list[this.#length] = number;
    this.#length += 1;
  }

  bytes(): Buffer {
    return Buffer.from(this.#list.buffer, 0, 4 * this.#length);
  }
}
