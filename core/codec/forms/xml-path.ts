import type { XmlElement } from '../xml/xml-element.ts';
import { isNamed } from './xml-namespaces.ts';

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
  /** The texts that it leads to, trimmed; `around` are the record's elements, the outermost first. */
  readonly texts: (around: readonly XmlElement[]) => readonly string[];
}

const STEP = /^([^[\]@/]+)(?:\[@([^=\]]+)="([^"]*)"\])?$/;

/** Compiles a path; null for what is none. */
export function compileXmlPath(path: string): XmlPath | null {
  const parts = parseXmlPath(path);
  if (parts === null) return null;
  const { up, steps, attribute } = parts;
  return { up, texts: (around) => textsOf(around.at(-1 - up), steps, attribute) };
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

function textsOf(
  from: XmlElement | undefined,
  steps: readonly XmlStep[],
  attribute: string | null,
): readonly string[] {
  let found = from === undefined ? [] : [from];
  for (const step of steps) found = found.flatMap(({ children }) => children.filter(fits(step)));
  if (attribute === null) return found.map(({ text }) => text.trim());
  return found.flatMap((element) => attributeOf(element, attribute) ?? []);
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
