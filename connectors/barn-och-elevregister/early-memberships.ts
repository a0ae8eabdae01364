import { children, InvalidFailure, type XmlElement } from '../../core/plugin.ts';
import { idOf } from './ims-element.ts';

/** So many members fit into memory; a file that is wholly in another order has many more. */
const MOST_MEMBERS = 50_000;

/**
 * What a membership means hangs on its group: whether that is a unit, and whose. One that stands
 * before its group waits for it, to the end of the file if need be: a delta need not name it.
 */
export class EarlyMemberships {
  readonly #file: string;
  readonly #named = new Set<string>();
  #waiting = new Map<string, XmlElement[]>();
  #members = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** The elements that can be read now that this one has come, in their order. */
  inTurn(element: XmlElement): readonly XmlElement[] {
    const id = idOf(element);
    if (element.name === 'group') {
      this.#named.add(id);
      const early = this.#waiting.get(id) ?? [];
      this.#waiting.delete(id);
      return [element, ...early];
    }
    if (element.name !== 'membership' || id === '' || this.#named.has(id)) return [element];
    this.#waiting.set(id, [...(this.#waiting.get(id) ?? []), element]);
    this.#members += children(element, 'member').length;
    if (this.#members > MOST_MEMBERS) throw this.#tooMany(element);
    return [];
  }

  /** Those whose groups this file does not name. */
  rest(): readonly XmlElement[] {
    const rest = [...this.#waiting.values()].flat();
    this.#waiting = new Map();
    return rest;
  }

  #tooMany({ line }: XmlElement): InvalidFailure {
    const text = `${this.#file}: more than ${MOST_MEMBERS} members stand before their groups`;
    const place = { file: this.#file, line, field: 'membership' };
    return new InvalidFailure('FILE_LAYOUT', text, { place });
  }
}
