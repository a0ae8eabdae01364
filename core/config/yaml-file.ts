import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
} from 'yaml';
import type { Lint } from '../failure/lint.ts';
import { remembered } from '../message/remembered.ts';
import type { ShapeFault } from '../schema/validator.ts';

const MOST_CHARACTERS = 1_000_000;

export interface Position {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export type YamlPath = readonly (string | number)[];

/** A YAML file as plain JSON, with the place of everything in it. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** Place of the value at the path; of what is not there, the nearest parent's. */
  at(path: YamlPath): Position;
  /** Place of the key at the path. */
  keyAt(path: YamlPath): Position;
}

export interface ParsedYaml {
  readonly yaml: YamlFile | null;
  readonly lints: readonly Lint[];
}

/** Files that were read before, by name and text: much of what opening a hub costs. */
const known = remembered<ParsedYaml>(500);

/**
 * Reads one YAML 1.2 document. What could do harm or mislead is a lint: custom tags, anchors and
 * aliases, duplicate keys, several documents, NUL bytes, a megabyte and more.
 */
export function parseYaml(file: string, text: string): ParsedYaml {
  return known(`${file}\n${text}`, () => readYaml(file, text));
}

function readYaml(file: string, text: string): ParsedYaml {
  const lint = (position: Position, code: string, message: string, hint = ''): Lint => {
    return { file, ...position, code, text: message, hint };
  };
  const start = { line: 1, column: 1 };
  if (text.length > MOST_CHARACTERS) {
    return { yaml: null, lints: [lint(start, 'YAML_TOO_LARGE', 'is larger than 1 MB')] };
  }
  if (text.includes('\u0000') || text.includes('\ufffd')) {
    const message = 'has NUL bytes or is not UTF-8';
    return { yaml: null, lints: [lint(start, 'YAML_ENCODING', message)] };
  }
  const counter = new LineCounter();
  // Written on a Mac, a name may have its letters decomposed; what it stands for has not.
  const documents = parseAllDocuments(text.normalize('NFC'), {
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: (one, other) => writtenAs(one) === writtenAs(other),
  });
  const [document] = Array.isArray(documents) ? documents : [];
  if (document === undefined) {
    return { yaml: null, lints: [lint(start, 'YAML_EMPTY', 'is empty')] };
  }
  const place = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const lints = [...document.errors, ...document.warnings].map(({ pos, message }) =>
    lint(place(pos[0]), 'YAML_SYNTAX', message.split('\n')[0] ?? message),
  );
  if (documents.length > 1) lints.push(lint(start, 'YAML_DOCUMENTS', 'has several documents'));
  for (const { offset, message } of unsafeNodes(document)) {
    lints.push(lint(place(offset), 'YAML_UNSAFE', message));
  }
  if (lints.length > 0) return { yaml: null, lints };
  keepKeys(document);
  return { yaml: yamlFile(file, document, place), lints: [] };
}

/** Lints for the faults that a schema finds in the file. */
export function shapeLints(
  yaml: YamlFile,
  faults: readonly ShapeFault[],
  codePrefix: string,
): readonly Lint[] {
  return faults.map(({ path, keyword, text, hint }) => {
    const isKey = keyword === 'additionalProperties' || keyword === 'unevaluatedProperties';
    const position = isKey ? yaml.keyAt(path) : yaml.at(path);
    const code = `${codePrefix}_${CODES[keyword] ?? 'INVALID'}`;
    const where = path.length === 0 || isKey ? '' : `${path.join('.')} `;
    return { file: yaml.file, ...position, code, text: where + text, hint };
  });
}

const CODES: Readonly<Record<string, string>> = {
  additionalProperties: 'KEY_UNKNOWN',
  unevaluatedProperties: 'KEY_UNKNOWN',
  required: 'KEY_MISSING',
  enum: 'VALUE_UNKNOWN',
  type: 'TYPE_WRONG',
};

interface Unsafe {
  readonly offset: number;
  readonly message: string;
}

function unsafeNodes(document: Document.Parsed): readonly Unsafe[] {
  const found: Unsafe[] = [];
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      const isAnchored = 'anchor' in node && node.anchor !== undefined;
      if (isAlias(node) || isAnchored) {
        found.push({ offset, message: 'anchors and aliases are not allowed; write it out' });
      }
      if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
        found.push({ offset, message: `the tag ${node.tag} is not allowed` });
      }
    },
    Pair: (_key, pair) => {
      const { key } = pair;
      if (!isNode(key)) return;
      const offset = key.range?.[0] ?? 0;
      if (String(key) === '__proto__') found.push({ offset, message: 'this key is not allowed' });
      if (!isScalar(key)) found.push({ offset, message: 'a key must be a text' });
    },
  });
  return found;
}

/** A key is what is written, and no value: `null:` is a policy, `01:` a code with its nought. */
function keepKeys(document: Document.Parsed): void {
  visit(document, {
    Pair: (_key, { key }) => {
      if (isScalar(key)) key.value = writtenAs(key);
    },
  });
}

function writtenAs(key: unknown): string {
  if (!isScalar(key)) return String(key);
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key));
}

function yamlFile(
  file: string,
  document: Document.Parsed,
  place: (offset: number) => Position,
): YamlFile {
  const positionOf = (node: unknown): Position | null =>
    isNode(node) && node.range ? place(node.range[0]) : null;
  const at = (path: YamlPath): Position => {
    for (let length = path.length; length >= 0; length--) {
      const found = positionOf(document.getIn(path.slice(0, length), true));
      if (found !== null) return found;
    }
    return { line: 1, column: 1 };
  };
  const keyAt = (path: YamlPath): Position => {
    const parent: unknown = document.getIn(path.slice(0, -1), true);
    const name = path.at(-1);
    const map = path.length === 1 ? document.contents : parent;
    if (!isMap(map)) return at(path);
    const pair = map.items.find((item) => isPair(item) && String(item.key) === String(name));
    return positionOf(pair?.key) ?? at(path);
  };
  return { file, value: document.toJS({ maxAliasCount: 0 }), at, keyAt };
}
