import type { XmlElement } from '../xml/xml-element.ts';
import { isNamed } from '../xml/xml-namespaces.ts';

/** One step of a path: to the children of a name, perhaps with an attribute's value. */
export interface XmlStep {
  readonly name: string;
  readonly attribute: string | null;
  readonly value: string;
}

/** A path as it is written: so many steps up, then down, and perhaps to an attribute. */
export interface XmlPathParts {
  readonly up: number;
  readonly steps: readonly XmlStep[];
  /** Null: the text of the element that the steps lead to. */
  readonly attribute: string | null;
}

/** Where a path leads from a record. */
export interface XmlPath {
  /** How many elements around the record it needs. */
  readonly up: number;
  /** What it leads to; `around` are the record's elements, the outermost first. */
  readonly read: (around: readonly XmlElement[]) => XmlTexts;
}

/** The texts at the end of a path, trimmed. */
interface XmlTexts {
  readonly texts: readonly string[];
  /** Elements stand where the steps to a text end: it is none. */
  readonly isDeeper: boolean;
}

const STEP = /^([^[\]@/]+)(?:\[@([^=\]]+)="([^"]*)"\])?$/;

/** Compiles a path; null for what is none. */
export function compileXmlPath(path: string): XmlPath | null {
  const parts = parseXmlPath(path);
  if (parts === null) return null;
  const { up, steps, attribute } = parts;
  return { up, read: (around) => textsAt(around.at(-1 - up), steps, attribute) };
}

/**
 * The parts of `name/given`, `@id`, `../../sourcedid/id`, `userid[@type="pin"]`, `.` (the record's
 * own text); null for what is no such path.
 */
export function parseXmlPath(path: string): XmlPathParts | null {
  const parts = path.split('/');
  const up = parts.findIndex((part) => part !== '..');
  if (up === -1) return null;
  const rest = parts.slice(up);
  const last = rest.at(-1) ?? '';
  const attribute = last.startsWith('@') ? last.slice(1) : null;
  const names = attribute === null ? rest : rest.slice(0, -1);
  const steps = names.filter((name) => name !== '.').map(stepOf);
  const isWhole = attribute !== '' && steps.every((step) => step !== null);
  return isWhole ? { up, steps, attribute } : null;
}

function stepOf(part: string): XmlStep | null {
  const found = STEP.exec(part);
  if (found === null || part === '..') return null;
  return { name: found[1] ?? '', attribute: found[2] ?? null, value: found[3] ?? '' };
}

function textsAt(
  from: XmlElement | undefined,
  steps: readonly XmlStep[],
  attribute: string | null,
): XmlTexts {
  let found = from === undefined ? [] : [from];
  for (const step of steps) found = found.flatMap(({ children }) => children.filter(fits(step)));
  if (attribute !== null) {
    const texts = found.flatMap((element) => attributeOf(element, attribute) ?? []);
    return { texts, isDeeper: false };
  }
  // A record's own text is what stands beside its elements.
  const isDeeper = steps.length > 0 && found.some(({ children }) => children.length > 0);
  return { texts: found.map(({ text }) => text.trim()), isDeeper };
}

function fits({ name, attribute, value }: XmlStep): (element: XmlElement) => boolean {
  return (element) => {
    if (!isNamed(element.name, name)) return false;
    return attribute === null || attributeOf(element, attribute) === value;
  };
}

function attributeOf({ attributes }: XmlElement, name: string): string | undefined {
  const found = Object.keys(attributes).find((one) => isNamed(one, name));
  return found === undefined ? undefined : attributes[found]?.trim();
}
