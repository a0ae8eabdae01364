import assert from 'node:assert/strict';
import { Builder } from 'xml2js';
import { RefusedFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { fileFailure } from '../text-decoding.ts';
import type { XmlElement } from './xml-element.ts';
import { XmlParsing } from './xml-parsing.ts';

/**
 * An element to be written: children in order, or a text. Prefixes and `xmlns` are the writer's.
 */
export interface XmlDraft {
  /** Its name, with the prefix. */
  readonly name: string;
  /** Attribute -> value. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** The elements in it. */
  readonly children?: readonly XmlDraft[];
  /** Its text, where it has no elements. */
  readonly text?: string;
}

/** What xml2js builds from: `$` attributes, `_` text, other keys children by name. */
interface BuilderNode {
  $?: Readonly<Record<string, string>>;
  _?: string;
  [child: string]: unknown;
}

const DOCUMENT = 'XML document';
const LIMIT_BYTES = 10_000_000;
const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*(:[\p{L}_][\p{L}\p{N}_.-]*)?$/u;
// XML 1.0, 2.2: all that is not a Char, and lone surrogates.
const ILLEGAL = /[^\t\n\r\x20-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/**
 * Reads a small document whole. Throws InvalidFailure FILE_DAMAGED or FILE_UNSAFE with the line,
 * for the same things as `readXmlRecords`, and FILE_UNSAFE beyond the limit (10 MB unless said).
 */
export function parseXml(text: string, limitBytes: number = LIMIT_BYTES): XmlElement {
  if (Buffer.byteLength(text) > limitBytes) {
    throw fileFailure('FILE_UNSAFE', saying('largerThan', { most: limitBytes }), DOCUMENT, null);
  }
  if (text.includes('\0')) throw fileFailure('FILE_UNSAFE', saying('hasNul', {}), DOCUMENT, null);
  let root: XmlElement | null = null;
  const parsing = new XmlParsing({
    file: DOCUMENT,
    collects: () => true,
    take: (element) => {
      root ??= element;
    },
  });
  parsing.push(text.startsWith('\ufeff') ? text.slice(1) : text);
  parsing.end();
  assert(root !== null, 'a document that ends well has a root');
  return root;
}

/**
 * The document as text with an XML declaration (UTF-8), not indented. Throws RefusedFailure
 * VALUE_NOT_ALLOWED, naming the element, for characters that XML 1.0 cannot carry even escaped.
 */
export function buildXml(root: XmlDraft): string {
  const builder = new Builder({
    rootName: root.name,
    xmldec: { version: '1.0', encoding: 'UTF-8' },
    renderOpts: { pretty: false },
  });
  return builder.buildObject(nodeOf(root));
}

/**
 * One element among very many of a document, without the declaration; throws as `buildXml` does. The
 * builder makes a document of each, which takes many times as long.
 */
export function buildXmlElement({
  name,
  attributes = {},
  children = [],
  text = '',
}: XmlDraft): string {
  let said = name;
  for (const [attribute, value] of Object.entries(attributes)) {
    const escaped = legal(value, `${name}/@${attribute}`).replace(SPECIAL, reference);
    said += ` ${attribute}="${escaped}"`;
  }
  const inside =
    children.map(buildXmlElement).join('') + legal(text, name).replace(SPECIAL, reference);
  return inside === '' ? `<${said}/>` : `<${said}>${inside}</${name}>`;
}

const SPECIAL = /[&<>"\t\n\r]/g;

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

function nodeOf(draft: XmlDraft): BuilderNode {
  assert(NAME.test(draft.name), `${draft.name} is a name in XML`);
  const children = draft.children ?? [];
  const { text = '' } = draft;
  assert(text === '' || children.length === 0, 'an element has children or a text');
  const node: BuilderNode = {};
  if (draft.attributes !== undefined) node.$ = checkedAttributes(draft.name, draft.attributes);
  if (text !== '') node._ = legal(text, draft.name);
  for (const [name, group] of grouped(children)) node[name] = group.map(nodeOf);
  return node;
}

/** Children by name. The builder takes no other order: those of one name must stand together. */
function grouped(children: readonly XmlDraft[]): Map<string, XmlDraft[]> {
  const groups = new Map<string, XmlDraft[]>();
  let previous = '';
  for (const child of children) {
    const group = groups.get(child.name);
    assert(group === undefined || previous === child.name, `all <${child.name}> stand together`);
    if (group === undefined) groups.set(child.name, [child]);
    else group.push(child);
    previous = child.name;
  }
  return groups;
}

function checkedAttributes(
  element: string,
  attributes: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  for (const [name, value] of Object.entries(attributes)) {
    assert(NAME.test(name), `${name} is a name in XML`);
    legal(value, `${element}/@${name}`);
  }
  return attributes;
}

function legal(value: string, place: string): string {
  if (!ILLEGAL.test(value)) return value;
  throw new RefusedFailure('VALUE_NOT_ALLOWED', saying('noXmlSign', { place }));
}
