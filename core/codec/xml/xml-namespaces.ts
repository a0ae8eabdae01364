import { localName, type XmlElement } from './xml-element.ts';

/** Prefix -> URI of its namespace, as a document or a layout has them. */
export type Prefixes = ReadonlyMap<string, string>;

/** What is said of names that a layout gives no prefix to: no name of a layout begins so. */
const FOREIGN = '?';

/** The prefix that an attribute declares, `''` for the default; null for any other attribute. */
export function declaredPrefix(attribute: string): string | null {
  if (attribute === 'xmlns') return '';
  return attribute.startsWith('xmlns:') ? attribute.slice('xmlns:'.length) : null;
}

/**
 * The element with all names as a layout's paths say them, whatever prefixes the document uses:
 * those of the layout's namespaces have its prefixes.
 */
export function renamed(element: XmlElement, around: Prefixes, layout: Prefixes): XmlElement {
  const scope = new Map(around);
  for (const [name, uri] of Object.entries(element.attributes)) {
    const prefix = declaredPrefix(name);
    if (prefix !== null) scope.set(prefix, uri);
  }
  const attributes = Object.entries(element.attributes).map(([name, value]) => {
    // An attribute without prefix is of no namespace.
    return [name.includes(':') ? nameIn(name, scope, layout) : name, value];
  });
  return {
    ...element,
    name: nameIn(element.name, scope, layout),
    attributes: Object.fromEntries(attributes),
    children: element.children.map((child) => renamed(child, scope, layout)),
  };
}

/** A name of a document as a layout says it. */
export function nameIn(name: string, scope: Prefixes, layout: Prefixes): string {
  const at = name.indexOf(':');
  const uri = scope.get(at === -1 ? '' : name.slice(0, at));
  const [prefix = FOREIGN] = [...layout].find(([, one]) => one === uri) ?? [];
  return `${prefix}:${localName(name)}`;
}

/** Whether a name is the one that a layout says: without prefix, of any namespace. */
export function isNamed(name: string, said: string): boolean {
  return said.includes(':') ? name === said : localName(name) === said;
}
