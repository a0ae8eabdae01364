import type { XmlElement } from '../xml/xml-element.ts';
import { isNamed } from './xml-namespaces.ts';

/** One step of a path: up, or to the children of a name, perhaps with an attribute's value. */
interface Step {
  readonly name: string;
  readonly attribute: string | null;
  readonly value: string;
}

/** Where a path leads from a record. */
export interface XmlPath {
  /** How many elements around the record it needs. */
  readonly up: number;
  /** The texts that it leads to, trimmed; `around` are the record's elements, the outermost first. */
  readonly texts: (around: readonly XmlElement[]) => readonly string[];
}

const STEP = /^([^[\]@/]+)(?:\[@([^=\]]+)="([^"]*)"\])?$/;

/**
 * Compiles `name/given`, `@id`, `../../sourcedid/id`, `userid[@type="pin"]`, `.` (the record's own
 * text); null for what is no such path.
 */
export function compileXmlPath(path: string): XmlPath | null {
  const parts = path.split('/');
  const up = parts.findIndex((part) => part !== '..');
  if (up === -1) return null;
  const rest = parts.slice(up);
  const last = rest.at(-1) ?? '';
  const attribute = last.startsWith('@') ? last.slice(1) : null;
  const names = attribute === null ? rest : rest.slice(0, -1);
  const steps = names.filter((name) => name !== '.').map(stepOf);
  const isWhole = attribute !== '' && steps.every((step) => step !== null);
  if (!isWhole) return null;
  return { up, texts: (around) => textsOf(around.at(-1 - up), steps, attribute) };
}

function stepOf(part: string): Step | null {
  const found = STEP.exec(part);
  if (found === null || part === '..') return null;
  return { name: found[1] ?? '', attribute: found[2] ?? null, value: found[3] ?? '' };
}

function textsOf(
  from: XmlElement | undefined,
  steps: readonly Step[],
  attribute: string | null,
): readonly string[] {
  let found = from === undefined ? [] : [from];
  for (const step of steps) found = found.flatMap(({ children }) => children.filter(fits(step)));
  if (attribute === null) return found.map(({ text }) => text.trim());
  return found.flatMap((element) => attributeOf(element, attribute) ?? []);
}

function fits({ name, attribute, value }: Step): (element: XmlElement) => boolean {
  return (element) => {
    if (!isNamed(element.name, name)) return false;
    return attribute === null || attributeOf(element, attribute) === value;
  };
}

function attributeOf({ attributes }: XmlElement, name: string): string | undefined {
  const found = Object.keys(attributes).find((one) => isNamed(one, name));
  return found === undefined ? undefined : attributes[found]?.trim();
}
