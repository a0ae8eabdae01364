import assert from 'node:assert/strict';
import type { JsonObject } from '../../message/message.ts';
import type { HeadPart, XmlColumn, XmlLayout } from '../layout/layout.ts';
import type { WriteRules } from '../layout/write-rules.ts';
import { parseXmlPath, type XmlPathParts, type XmlStep } from '../layout/xml-path.ts';
import { buildXml, buildXmlElement, type XmlDraft } from '../xml/xml-document.ts';
import { compileText, lineEndOf, type RowForm } from './row.ts';

/** An element that grows while the columns of a record are put into it. */
interface Growing {
  readonly name: string;
  readonly attributes: Record<string, string>;
  readonly children: Growing[];
  text: string;
}

interface Column extends XmlPathParts {
  readonly written: XmlColumn;
  readonly text: (record: JsonObject) => string;
}

/**
 * The records of a stream as elements of a document, one after the other as their columns are. An
 * element without a value is left out, unless its column is required. Each record has elements of
 * its own around it.
 */
export function elementForm(layout: XmlLayout, rules: WriteRules, now: number): RowForm {
  const lineEnd = lineEndOf(rules);
  const path = layout.record.split('/');
  const columns = layout.columns.filter(({ drop }) => drop !== true).map(compile(rules));
  return {
    head: headOf(layout, now) + lineEnd,
    row: (record) => buildXmlElement(elementOf(path, columns, record)) + lineEnd,
    trailer: () => `</${layout.root}>${lineEnd}`,
  };
}

function compile(rules: WriteRules): (column: XmlColumn) => Column {
  return (written) => {
    const text = compileText(written, rules);
    return { ...partsOf(written.path ?? written.name), written, text };
  };
}

function partsOf(path: string): XmlPathParts {
  const parts = parseXmlPath(path);
  assert(parts !== null, 'the paths of a layout were checked');
  return parts;
}

/** The declaration, the root as it opens, and what stands before all records. */
function headOf({ root, namespaces = {}, head = [] }: XmlLayout, now: number): string {
  const declared = Object.entries(namespaces).map(([prefix, uri]) => [`xmlns:${prefix}`, uri]);
  const document = growing(root);
  Object.assign(document.attributes, Object.fromEntries(declared));
  for (const part of head) {
    const { steps, attribute } = partsOf(part.path);
    say(descend(document, steps), attribute, textOf(part, now));
  }
  const text = buildXml(document);
  return document.children.length === 0
    ? text.replace(/\/>$/, '>')
    : text.slice(0, text.lastIndexOf('</'));
}

function textOf(part: HeadPart, now: number): string {
  return 'constant' in part ? part.constant : new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The outermost element of a record, with the record in it. */
function elementOf(
  [outermost = '', ...inner]: readonly string[],
  columns: readonly Column[],
  record: JsonObject,
): XmlDraft {
  const around = [growing(outermost)];
  /** What is around a record comes first: the record is put into it when it is spoken of. */
  const at = (depth: number): Growing => {
    const known = around[depth];
    if (known !== undefined) return known;
    const element = growing(inner[depth - 1] ?? '');
    at(depth - 1).children.push(element);
    around.push(element);
    return element;
  };
  for (const { up, steps, attribute, written, text } of columns) {
    const value = written.constant ?? text(record);
    const { with: beside, without } = written;
    const isNeeded =
      (beside === undefined || has(record, beside)) &&
      !(without !== undefined && has(record, without));
    const isSaid = value !== '' || written.required === true || written.constant !== undefined;
    if (isSaid && isNeeded) say(descend(at(inner.length - up), steps), attribute, value);
  }
  at(inner.length);
  return at(0);
}

function has(record: JsonObject, column: string): boolean {
  return (record[column] ?? '') !== '';
}

function growing(name: string): Growing {
  return { name, attributes: {}, children: [], text: '' };
}

/** The last element of that name and attribute, or a new one behind the others. */
function descend(from: Growing, steps: readonly XmlStep[]): Growing {
  let element = from;
  for (const { name, attribute, value } of steps) {
    const last = element.children.at(-1);
    const isSame =
      last?.name === name && (attribute === null || last.attributes[attribute] === value);
    const next = isSame ? last : growing(name);
    if (attribute !== null) next.attributes[attribute] = value;
    if (!isSame) element.children.push(next);
    element = next;
  }
  return element;
}

function say(element: Growing, attribute: string | null, value: string): void {
  if (attribute === null) element.text = value;
  else element.attributes[attribute] = value;
}
