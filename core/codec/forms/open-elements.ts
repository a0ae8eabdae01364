import { fileFailure } from '../text-decoding.ts';
import { localName, type XmlElement } from '../xml/xml-element.ts';
import { declaredPrefix, isNamed, nameIn, type Prefixes, renamed } from './xml-namespaces.ts';

/** The elements of a document that are open around what is collected, and their namespaces. */
export class OpenElements {
  readonly #root: string;
  readonly #layout: Prefixes;
  readonly #file: string;
  readonly #names: string[] = [];
  /** What each declares, the outermost first. */
  readonly #scopes: Map<string, string>[] = [];
  #isRootKnown = false;

  /** `root` is the name that the layout says; `layout` has its prefixes. */
  constructor(root: string, layout: Prefixes, file: string) {
    this.#root = root;
    this.#layout = layout;
    this.#file = file;
  }

  /** Their names without prefixes, the outermost first. */
  get local(): readonly string[] {
    return this.#names.map(localName);
  }

  /** Throws FILE_LAYOUT where the root is another one. */
  open(name: string, depth: number, line: number): void {
    // The root's namespace is known when the first element inside it opens.
    if (depth > 0 && !this.#isRootKnown) this.#checkRoot(line);
    this.#names.length = depth;
    this.#scopes.length = depth;
    this.#names.push(name);
    this.#scopes.push(new Map());
    if (depth === 0 && localName(name) !== localName(this.#root)) this.#refuseRoot(line);
  }

  declare(attribute: string, uri: string, depth: number): void {
    const prefix = declaredPrefix(attribute);
    if (prefix !== null) this.#scopes[depth]?.set(prefix, uri);
  }

  /** Names below the root around an element that was collected, as the layout says them. */
  above(): readonly string[] {
    return this.#names.slice(1, -1).map((name, index) => this.#nameAt(name, index + 1));
  }

  /** A collected element, with names as the layout says them. */
  named(element: XmlElement): XmlElement {
    if (this.#layout.size === 0) return element;
    return renamed(element, this.#scopeAt(this.#names.length - 2), this.#layout);
  }

  #nameAt(name: string, depth: number): string {
    return this.#layout.size === 0 ? name : nameIn(name, this.#scopeAt(depth), this.#layout);
  }

  #scopeAt(depth: number): Prefixes {
    return new Map(this.#scopes.slice(0, depth + 1).flatMap((scope) => [...scope]));
  }

  #checkRoot(line: number): void {
    this.#isRootKnown = true;
    const name = this.#nameAt(this.#names[0] ?? '', 0);
    if (!isNamed(name, this.#root)) this.#refuseRoot(line);
  }

  #refuseRoot(line: number): never {
    const text = `the root element is not <${this.#root}>`;
    throw fileFailure('FILE_LAYOUT', text, this.#file, line);
  }
}
