import type { Json } from '../message/message.ts';
import { wholeSoFar } from './text-decoding.ts';

/**
 * Reads a JSON object of any size that holds a list under a name, or is the list (null), in flat
 * memory: its items are yielded as they come, in batches; what stands beside it is the generator's
 * answer, with the list empty. Throws SyntaxError where the text is not JSON, possibly after
 * batches. `parse` reads an item's text, and throws so too.
 */
export async function* readJsonList<T = Json>(
  chunks: AsyncIterable<Uint8Array>,
  name: string | null,
  parse: (text: string) => T = JSON.parse,
): AsyncGenerator<readonly T[], Json> {
  // A byte order mark may be read over (RFC 8259, 8.1).
  const decoder = new TextDecoder('utf-8');
  const splitter = new ListSplitter(name, parse);
  const steps = async function* () {
    for await (const chunk of chunks) yield splitter.push(decoder.decode(chunk, { stream: true }));
    yield splitter.push(decoder.decode());
  };
  yield* wholeSoFar(steps(), () => splitter.takeItems());
  return JSON.parse(splitter.rest);
}

export const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Tells a list's items from the text around it; the parser judges both. */
class ListSplitter<T> {
  readonly #parse: (text: string) => T;
  readonly #start: RegExp;
  /** How deep the list's items stand. */
  readonly #depthOfItems: number;
  /** What stands outside the list. */
  rest = '';
  #item = '';
  #items: T[] = [];
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  #isInList = false;
  #hasItem = false;

  constructor(name: string | null, parse: (text: string) => T) {
    this.#parse = parse;
    this.#depthOfItems = name === null ? 1 : 2;
    // The name of a member of the outermost object, with its colon.
    const written = [name ?? '', (name ?? '').normalize('NFD')].map((one) => JSON.stringify(one));
    const either = [...new Set(written)].map(RegExp.escape).join('|');
    const member = name === null ? '^' : `[{,]\\s*(?:${either})\\s*:`;
    this.#start = new RegExp(`${member}\\s*$`);
  }

  /** The items that have ended since the last time; null for none. */
  takeItems(): readonly T[] | null {
    const items = this.#items;
    this.#items = [];
    return items.length === 0 ? null : items;
  }

  push(text: string): void {
    let from = 0;
    const keep = (to: number) => {
      if (this.#isInList) this.#item += text.slice(from, to);
      else this.rest += text.slice(from, to);
      from = to;
    };
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.#isInText) {
        this.#readText(code);
      } else if (code === QUOTE) {
        this.#isInText = true;
      } else if (this.#isBetweenItems(code)) {
        keep(at);
        this.#endItem(code);
        if (code === COMMA) from = at + 1;
        else this.#depth -= 1;
      } else {
        this.#depth += deeper(code);
        if (code !== OPEN_LIST || this.#depth !== this.#depthOfItems || this.#isInList) continue;
        keep(at + 1);
        this.#isInList = this.#start.test(this.rest.slice(0, -1));
        this.#hasItem = false;
      }
    }
    keep(text.length);
  }

  #isBetweenItems(code: number): boolean {
    const isInList = this.#isInList && this.#depth === this.#depthOfItems;
    return isInList && (code === COMMA || code === CLOSE_LIST);
  }

  #readText(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === BACKSLASH) this.#isEscaped = true;
    else if (code === QUOTE) this.#isInText = false;
  }

  /** An empty list has no item; after a comma there must be one. */
  #endItem(code: number): void {
    const isLast = code === CLOSE_LIST;
    if (!isLast || this.#hasItem || this.#item.trim() !== '')
      this.#items.push(this.#parse(this.#item));
    this.#hasItem = true;
    this.#item = '';
    if (isLast) this.#isInList = false;
  }
}

/** By how much what follows a sign outside of texts stands deeper. */
export function deeper(code: number): number {
  if (code === OPEN_LIST || code === OPEN_OBJECT) return 1;
  return code === CLOSE_LIST || code === CLOSE_OBJECT ? -1 : 0;
}
