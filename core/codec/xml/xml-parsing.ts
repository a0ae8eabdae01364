import { SaxesParser, type SaxesStartTagPlain } from 'saxes';
import type { FailureCode } from '../../failure/catalogue.ts';
import { saying } from '../../failure/saying.ts';
import { composed } from '../../message/canonical-text.ts';
import type { Saying } from '../../message/message.ts';
import { fileFailure } from '../text-decoding.ts';
import type { XmlElement } from './xml-element.ts';

/** What is collected of a document, and where it goes. */
export interface XmlCollecting {
  readonly file: string;
  /** Whether an element is collected with all that it holds; asked outside collected elements. */
  readonly collects: (name: string, depth: number, line: number) => boolean;
  /** Called with each namespace that an element declares around those that are collected. */
  readonly declares?: (attribute: string, uri: string, depth: number) => void;
  /** Called at the end of each collected element. */
  readonly take: (element: XmlElement) => void;
}

interface OpenElement {
  readonly name: string;
  attributes: Record<string, string>;
  children: OpenElement[];
  text: string;
  readonly line: number;
}

const MAX_DEPTH = 32;
const MAX_TEXT_CHARACTERS = 1_000_000;
const MAX_ELEMENT_PARTS = 250_000;
const MAX_ELEMENT_CHARACTERS = 16_000_000;
const NO_ATTRIBUTES: Record<string, string> = Object.freeze(Object.create(null));
const NO_CHILDREN: OpenElement[] = [];
Object.freeze(NO_CHILDREN);

/**
 * One pass over one XML 1.0 document. Throws InvalidFailure with the line: FILE_UNSAFE for document
 * types (and so entities), processing instructions, and what is too deep or too long;
 * FILE_DAMAGED for what is not well-formed or not whole.
 */
export class XmlParsing {
  readonly #parser = new SaxesParser({ defaultXMLVersion: '1.0', forceXMLVersion: true });
  readonly #collecting: XmlCollecting;
  readonly #open: OpenElement[] = [];
  #current: OpenElement | null = null;
  #depth = 0;
  #parts = 0;
  #characters = 0;
  #quiet = 0;
  #heard = false;

  constructor(collecting: XmlCollecting) {
    this.#collecting = collecting;
    // Seven handlers and no eighth: one more turns the parser's object into a hash table, and the
    // parser runs at a third of its speed. Its errors are therefore thrown, not handled.
    this.#parser.on('opentagstart', (tag) => this.#openElement(tag));
    this.#parser.on('attribute', (attribute) => this.#takeAttribute(attribute));
    this.#parser.on('text', (text) => this.#takeText(text));
    this.#parser.on('cdata', (text) => this.#takeText(text));
    this.#parser.on('closetag', () => this.#closeElement());
    this.#parser.on('doctype', () => this.#refuse(saying('hasDoctype', {})));
    this.#parser.on('processinginstruction', () => this.#refuse(saying('hasInstruction', {})));
  }

  push(text: string): void {
    this.#heard = false;
    this.#run(() => this.#parser.write(text));
    this.#quiet = this.#heard ? 0 : this.#quiet + text.length;
    if (this.#quiet > MAX_TEXT_CHARACTERS) this.#refuse(saying('longPart', {}));
  }

  /** Ends the document; what is not whole is refused here. */
  end(): void {
    this.#run(() => this.#parser.close());
  }

  #run(step: () => void): void {
    try {
      step();
    } catch (error) {
      // The parser throws plain errors for faults of the document, and nothing else does.
      if (error instanceof Error && error.constructor === Error) this.#fail(error);
      throw error;
    }
  }

  #openElement(tag: SaxesStartTagPlain): void {
    this.#heard = true;
    if (++this.#depth > MAX_DEPTH) this.#refuse(saying('nestedDeep', { most: MAX_DEPTH }));
    const line = this.#lineOfName();
    const name = composed(tag.name);
    if (this.#current === null) {
      if (!this.#collecting.collects(name, this.#depth - 1, line)) return;
      this.#parts = 0;
      this.#characters = 0;
    }
    const element = {
      name,
      attributes: NO_ATTRIBUTES,
      children: NO_CHILDREN,
      text: '',
      line,
    };
    const parent = this.#current;
    if (parent !== null) {
      this.#countPart();
      if (parent.children === NO_CHILDREN) parent.children = [element];
      else parent.children.push(element);
      this.#open.push(parent);
    }
    this.#current = element;
  }

  /** The parser has read one character beyond the name: where that ended the line, it is one on. */
  #lineOfName(): number {
    return this.#parser.column === 0 ? this.#parser.line - 1 : this.#parser.line;
  }

  #takeAttribute(attribute: { readonly name: string; readonly value: string }): void {
    this.#heard = true;
    const element = this.#current;
    if (element === null) {
      if (!attribute.name.startsWith('xmlns')) return;
      this.#collecting.declares?.(attribute.name, attribute.value, this.#depth - 1);
      return;
    }
    this.#countPart();
    this.#countCharacters(attribute.value.length);
    if (element.attributes === NO_ATTRIBUTES) element.attributes = Object.create(null);
    element.attributes[composed(attribute.name)] = attribute.value;
  }

  #takeText(text: string): void {
    this.#heard = true;
    const element = this.#current;
    if (element === null) return;
    this.#countCharacters(text.length);
    element.text = element.text === '' ? text : element.text + text;
  }

  #closeElement(): void {
    this.#heard = true;
    this.#depth--;
    const element = this.#current;
    if (element === null) return;
    if (element.children !== NO_CHILDREN && element.text.trim() === '') element.text = '';
    const parent = this.#open.pop() ?? null;
    this.#current = parent;
    if (parent === null) this.#collecting.take(element);
  }

  #countPart(): void {
    if (++this.#parts > MAX_ELEMENT_PARTS) {
      this.#refuse(saying('manyParts', { most: MAX_ELEMENT_PARTS }));
    }
  }

  #countCharacters(count: number): void {
    if (count > MAX_TEXT_CHARACTERS) this.#refuse(saying('longText', {}));
    this.#characters += count;
    if (this.#characters > MAX_ELEMENT_CHARACTERS) this.#refuse(saying('largeElement', {}));
  }

  #refuse(what: Saying): never {
    throw this.#failure('FILE_UNSAFE', what);
  }

  #fail(error: Error): never {
    // What follows a colon quotes the document.
    const reason = error.message.replace(/^[\d:]+: /, '').replace(/[:.].*$/s, '');
    throw this.#failure('FILE_DAMAGED', saying('notWellFormed', { why: reason }));
  }

  #failure(code: FailureCode, what: Saying): Error {
    return fileFailure(code, what, this.#collecting.file, this.#parser.line);
  }
}
