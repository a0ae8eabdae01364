import { createRequire } from 'node:module';
import type { Document, ErrorCode } from 'yaml';
import { type Lint, lintOf } from '../failure/lint.ts';
import { saying } from '../failure/saying.ts';
import { recalled } from '../message/memory.ts';
import type { Saying } from '../message/message.ts';
import { remembered } from '../message/remembered.ts';
import {
  type Places,
  type Position,
  placeOfKey,
  placeOfValue,
  type YamlPath,
} from '../message/yaml-places.ts';
import type { SaidFault } from './validator.ts';

export type { Position, YamlPath } from '../message/yaml-places.ts';

/** Read where a file is parsed: who only looks at what was parsed before does without. */
const require = createRequire(import.meta.url);
let loaded: typeof import('yaml') | null = null;
function library(): typeof import('yaml') {
  // SAFETY: it is what the package is.
  loaded ??= require('yaml') as typeof import('yaml');
  return loaded;
}

const MOST_CHARACTERS = 1_000_000;

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
  return known(`${file}\n${text}`, () => {
    let lints: readonly Lint[] = [];
    const read = recalled('yaml', [text], () => {
      const parsed = readYaml(file, text);
      lints = parsed.lints;
      return parsed.read;
    });
    return { yaml: read === null ? null : yamlFile(file, read), lints };
  });
}

type SyntaxSaying =
  | ('yamlTab' | 'yamlIndent' | 'yamlTwice' | 'yamlOneLine')
  | ('yamlUnclosed' | 'yamlSign' | 'yamlEscape' | 'yamlLongKey');

/** What the library finds by a code of its own, in sentences of ours. */
const SYNTAX: Readonly<Partial<Record<ErrorCode, SyntaxSaying>>> = {
  TAB_AS_INDENT: 'yamlTab',
  BAD_INDENT: 'yamlIndent',
  DUPLICATE_KEY: 'yamlTwice',
  MULTILINE_IMPLICIT_KEY: 'yamlOneLine',
  BLOCK_AS_IMPLICIT_KEY: 'yamlOneLine',
  BLOCK_IN_FLOW: 'yamlUnclosed',
  MISSING_CHAR: 'yamlUnclosed',
  UNEXPECTED_TOKEN: 'yamlSign',
  BAD_SCALAR_START: 'yamlSign',
  BAD_DQ_ESCAPE: 'yamlEscape',
  KEY_OVER_1024_CHARS: 'yamlLongKey',
};

/** What a file says, and where. */
interface ReadYaml {
  readonly value: unknown;
  readonly places: Places;
}

function readYaml(
  file: string,
  text: string,
): { readonly read: ReadYaml | null; readonly lints: readonly Lint[] } {
  const lint = (position: Position, code: string, what: Saying) =>
    lintOf({ file, ...position, code }, what);
  const start = { line: 1, column: 1 };
  if (text.length > MOST_CHARACTERS) {
    return { read: null, lints: [lint(start, 'YAML_TOO_LARGE', saying('yamlLarge', {}))] };
  }
  if (text.includes('\u0000') || text.includes('\ufffd')) {
    return { read: null, lints: [lint(start, 'YAML_ENCODING', saying('yamlBytes', {}))] };
  }
  const { LineCounter, parseAllDocuments } = library();
  const counter = new LineCounter();
  // Written on a Mac, a name may have its letters decomposed; what it stands for has not.
  const documents = parseAllDocuments(text.normalize('NFC'), {
    lineCounter: counter,
    prettyErrors: false,
    uniqueKeys: (one, other) => writtenAs(one) === writtenAs(other),
  });
  const [document] = Array.isArray(documents) ? documents : [];
  if (document === undefined) {
    return { read: null, lints: [lint(start, 'YAML_EMPTY', saying('fileIsEmpty', {}))] };
  }
  const place = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const lints: Lint[] = [];
  for (const { pos, code } of [...document.errors, ...document.warnings]) {
    const position = place(pos[0]);
    // What follows on the same line is mostly an echo.
    if (lints.some(({ line }) => line === position.line)) continue;
    lints.push(lint(position, 'YAML_SYNTAX', saying(SYNTAX[code] ?? 'yamlBroken', {})));
  }
  if (documents.length > 1) lints.push(lint(start, 'YAML_DOCUMENTS', saying('yamlSeveral', {})));
  for (const { offset, what } of unsafeNodes(document)) {
    lints.push(lint(place(offset), 'YAML_UNSAFE', what));
  }
  if (lints.length > 0) return { read: null, lints };
  keepKeys(document);
  const value = document.toJS({ maxAliasCount: 0 });
  return { read: { value, places: placesIn(document.contents, place) }, lints: [] };
}

/** Lints for the faults that a schema finds in the file. */
export function shapeLints(
  yaml: YamlFile,
  faults: readonly Pick<SaidFault, 'path' | 'keyword' | 'what' | 'hintSaid' | 'isOfKey'>[],
  codePrefix: string,
): readonly Lint[] {
  return faults.map(({ path, keyword, what, hintSaid, isOfKey }) => {
    const position = isOfKey ? yaml.keyAt(path) : yaml.at(path);
    const code = `${codePrefix}_${CODES[keyword] ?? 'INVALID'}`;
    const isHere = path.length === 0 || CODES[keyword] === 'KEY_UNKNOWN';
    const said = isHere ? what : saying('fieldIs', { field: path.join('.'), what });
    return lintOf({ file: yaml.file, ...position, code }, said, hintSaid);
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
  readonly what: Saying;
}

function unsafeNodes(document: Document.Parsed): readonly Unsafe[] {
  const { isAlias, isNode, isScalar, visit } = library();
  const found: Unsafe[] = [];
  visit(document, {
    Node: (_key, node) => {
      const offset = node.range?.[0] ?? 0;
      const isAnchored = 'anchor' in node && node.anchor !== undefined;
      if (isAlias(node) || isAnchored) {
        found.push({ offset, what: saying('yamlAnchors', {}) });
      }
      if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
        found.push({ offset, what: saying('yamlTag', { tag: node.tag }) });
      }
    },
    Pair: (_key, pair) => {
      const { key } = pair;
      if (!isNode(key)) return;
      const offset = key.range?.[0] ?? 0;
      if (String(key) === '__proto__') found.push({ offset, what: saying('yamlKey', {}) });
      if (!isScalar(key)) found.push({ offset, what: saying('yamlKeyText', {}) });
    },
  });
  return found;
}

/** A key is what is written, and no value: `null:` is a policy, `01:` a code with its nought. */
function keepKeys(document: Document.Parsed): void {
  const { isScalar, visit } = library();
  visit(document, {
    Pair: (_key, { key }) => {
      if (isScalar(key)) key.value = writtenAs(key);
    },
  });
}

function writtenAs(key: unknown): string {
  if (!library().isScalar(key)) return String(key);
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key));
}

/** Where a node and all that is in it stand. */
function placesIn(node: unknown, place: (offset: number) => Position): Places {
  const { isMap, isNode, isSeq } = library();
  if (!isNode(node)) return null;
  const at = (one: unknown): readonly [number, number] => {
    if (!isNode(one) || !one.range) return NOWHERE;
    const { line, column } = place(one.range[0]);
    return [line, column];
  };
  if (isSeq(node)) return [...at(node), node.items.map((item) => placesIn(item, place))];
  if (!isMap(node)) return at(node);
  const named = node.items.map(({ key, value }) => {
    return [String(key), [...at(key), placesIn(value, place)]] as const;
  });
  return [...at(node), Object.fromEntries(named)];
}

const NOWHERE = [0, 0] as const;

function yamlFile(file: string, { value, places }: ReadYaml): YamlFile {
  const at = (path: YamlPath) => placeOfValue(places, path);
  const keyAt = (path: YamlPath) => placeOfKey(places, path);
  return { file, value, at, keyAt };
}
