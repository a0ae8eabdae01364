const ELEMENT = /<(person|group|membership)(?: [^>]*)?>.*?<\/\1>\n/gs;

export interface ElementText {
  readonly kind: 'person' | 'group' | 'membership';
  readonly text: string;
}

/** The elements of a written XML file, in order. */
export function readElements(xml: string): readonly ElementText[] {
  return [...xml.matchAll(ELEMENT)].map(([text, kind]) => ({
    // SAFETY: the expression names these alone.
    kind: kind as ElementText['kind'],
    text,
  }));
}

export function eachElement(xml: string, change: (element: string) => string): string {
  return xml.replace(ELEMENT, change);
}

/** The element's own id, the first in it. */
export function idIn(element: string): string {
  return /<id>([^<]*)<\/id>/.exec(element)?.[1] ?? '';
}
