/** One element of an XML document. Namespace prefixes stay in names, as they were written. */
export interface XmlElement {
  /** Its name, as it is written. */
  readonly name: string;
  /** Attribute -> value. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The elements in it, in order. */
  readonly children: readonly XmlElement[];
  /** The element's own character data; white space that only separates children is left out. */
  readonly text: string;
  /** Line on which the element begins, from 1. */
  readonly line: number;
}

/** The first child of that name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  for (const candidate of element.children) if (candidate.name === name) return candidate;
  return undefined;
}

/** All children of that name, in order. */
export function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((candidate) => candidate.name === name);
}

/**
 * The trimmed text of the element that the path of names leads to, first children taken. Undefined
 * where an element of the path is absent; an empty element gives `''`.
 */
export function childText(element: XmlElement, ...path: readonly string[]): string | undefined {
  let at: XmlElement | undefined = element;
  for (const name of path) {
    at = child(at, name);
    if (at === undefined) return undefined;
  }
  return at.text.trim();
}

/** The name without its namespace prefix. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
