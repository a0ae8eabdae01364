import { saying } from '../../failure/saying.ts';
import type { BadColumn } from '../layout/column-checks.ts';
import { isRead, type XmlLayout } from '../layout/layout.ts';
import { compileXmlPath, type XmlPath } from '../layout/xml-path.ts';
import { fileFailure, wholeSoFar } from '../text-decoding.ts';
import { localName, type XmlElement } from '../xml/xml-element.ts';
import { declaredPrefix, isNamed, nameIn, type Prefixes, renamed } from '../xml/xml-namespaces.ts';
import type { XmlCollecting } from '../xml/xml-parsing.ts';
import { readXmlElements } from '../xml/xml-records.ts';
import { type FormRecord, isMissing } from './form-record.ts';

interface XmlColumn {
  readonly name: string;
  readonly isList: boolean;
  readonly isRequired: boolean;
  readonly path: XmlPath;
}

interface XmlStream {
  readonly name: string;
  /** Names from below the root to the record. */
  readonly path: readonly string[];
  /** How many of them are read over: no column needs what stands there. */
  readonly outside: number;
  readonly columns: readonly XmlColumn[];
}

/**
 * Reads the records of all streams of one XML document in one pass. Only a record, with as much
 * around it as its columns need, is in memory. Throws as `readXmlRecords` does; where it `goesOn`,
 * another root than the layout's is thrown behind the records.
 */
export async function* readXmlForm(
  bytes: AsyncIterable<Uint8Array>,
  layouts: ReadonlyMap<string, XmlLayout>,
  file: string,
  goesOn = false,
): AsyncGenerator<readonly FormRecord[]> {
  const streams = [...layouts].map(([name, layout]) => streamOf(name, layout));
  const [{ root, namespaces = {} } = { root: '' }] = [...layouts.values()];
  const open = new OpenElements(root, new Map(Object.entries(namespaces)), file, goesOn);
  const found: { readonly above: readonly string[]; readonly element: XmlElement }[] = [];
  const collecting: XmlCollecting = {
    file,
    collects: (name, depth, line) => {
      open.open(name, depth, line);
      return depth > 0 && streams.some((stream) => isAt(stream, open.local));
    },
    declares: (attribute, uri, depth) => open.declare(attribute, uri, depth),
    take: (element) => found.push({ above: open.above(), element: open.named(element) }),
  };
  yield* wholeSoFar(readXmlElements(bytes, collecting), () => {
    const read = found.splice(0);
    const records = read.flatMap(({ above, element }) =>
      streams.flatMap((stream) => recordsIn(stream, above, [element])),
    );
    return records.length === 0 ? null : records;
  });
  if (open.refusal !== null) throw open.refusal;
}

function streamOf(name: string, { record, columns }: XmlLayout): XmlStream {
  const path = record.split('/');
  const compiled = columns.filter(isRead).flatMap((column) => {
    const at = compileXmlPath(column.path ?? column.name);
    if (at === null) return [];
    const { name, all = false, required = false } = column;
    return [{ name, isList: all, isRequired: required, path: at }];
  });
  const up = Math.max(0, ...compiled.map((column) => column.path.up));
  return { name, path, outside: Math.max(0, path.length - 1 - up), columns: compiled };
}

/** Whether what is open may be the outermost element that a record of the stream needs. */
function isAt({ path, outside }: XmlStream, [, ...open]: readonly string[]): boolean {
  if (open.length !== outside + 1) return false;
  return open.every((name, index) => name === localName(path[index] ?? ''));
}

/** The records of a stream in an element that was collected, with those around each. */
function recordsIn(
  stream: XmlStream,
  above: readonly string[],
  around: readonly XmlElement[],
): readonly FormRecord[] {
  const element = around.at(-1);
  const depth = above.length + around.length;
  if (element === undefined || !isNamed(element.name, stream.path[depth - 1] ?? '')) return [];
  if (!above.every((name, index) => isNamed(name, stream.path[index] ?? ''))) return [];
  if (depth === stream.path.length) return [recordOf(stream, around, element.line)];
  return element.children.flatMap((child) => recordsIn(stream, above, [...around, child]));
}

function recordOf(
  { name, columns }: XmlStream,
  around: readonly XmlElement[],
  line: number,
): FormRecord {
  let bad: BadColumn | undefined;
  const others: [string, string][] = [];
  const values = columns.map((column): [string, string | readonly string[]] => {
    const { texts, isDeeper } = column.path.read(around);
    if (texts.length === 0 && column.isRequired) bad ??= isMissing(column.name);
    if (isDeeper) bad ??= { name: column.name, text: DEEPER };
    const isSeveral = column.isRequired && !column.isList && new Set(texts).size > 1;
    if (isSeveral) bad ??= { name: column.name, text: SEVERAL };
    if (!column.isList) for (const text of texts.slice(1)) others.push([column.name, text]);
    return [column.name, column.isList ? texts : (texts[0] ?? '')];
  });
  const first: FormRecord['values'] = Object.fromEntries(values);
  const news = others.filter(([column, text]) => text !== first[column]);
  const record = {
    ...{ stream: name, line, values: first },
    ...(news.length > 0 && {
      others: news.map(([column, text]) => ({ ...first, [column]: text })),
    }),
  };
  return bad === undefined ? record : { ...record, bad };
}

const SEVERAL = 'stands there several times, each time another; `all: true` takes a list of texts';
const DEEPER = 'holds elements where a text belongs; a `path` of the layout leads into them';

/** The elements of a document that are open around what is collected, and their namespaces. */
class OpenElements {
  readonly #root: string;
  readonly #layout: Prefixes;
  readonly #file: string;
  readonly #names: string[] = [];
  /** What each declares, the outermost first. */
  readonly #scopes: Map<string, string>[] = [];
  readonly #goesOn: boolean;
  #isRootKnown = false;
  /** Why the root refuses the file, where it is read all the same. */
  refusal: Error | null = null;

  /** `root` is the name that the layout says; `layout` has its prefixes. */
  constructor(root: string, layout: Prefixes, file: string, goesOn: boolean) {
    this.#goesOn = goesOn;
    this.#root = root;
    this.#layout = layout;
    this.#file = file;
  }

  /** Their names without prefixes, the outermost first. */
  get local(): readonly string[] {
    return this.#names.map(localName);
  }

  /** Throws FILE_LAYOUT where the root is another one. */
  open(name: string, depth: number, line: number): void {
    // The root's namespace is known when the first element inside it opens.
    if (depth > 0 && !this.#isRootKnown) this.#checkRoot(line);
    this.#names.length = depth;
    this.#scopes.length = depth;
    this.#names.push(name);
    this.#scopes.push(new Map());
    if (depth === 0 && localName(name) !== localName(this.#root)) this.#refuseRoot(line);
  }

  declare(attribute: string, uri: string, depth: number): void {
    const prefix = declaredPrefix(attribute);
    if (prefix !== null) this.#scopes[depth]?.set(prefix, uri);
  }

  /** Names below the root around an element that was collected, as the layout says them. */
  above(): readonly string[] {
    return this.#names.slice(1, -1).map((name, index) => this.#nameAt(name, index + 1));
  }

  /** A collected element, with names as the layout says them. */
  named(element: XmlElement): XmlElement {
    if (this.#layout.size === 0) return element;
    return renamed(element, this.#scopeAt(this.#names.length - 2), this.#layout);
  }

  #nameAt(name: string, depth: number): string {
    return this.#layout.size === 0 ? name : nameIn(name, this.#scopeAt(depth), this.#layout);
  }

  #scopeAt(depth: number): Prefixes {
    return new Map(this.#scopes.slice(0, depth + 1).flatMap((scope) => [...scope]));
  }

  #checkRoot(line: number): void {
    this.#isRootKnown = true;
    const name = this.#nameAt(this.#names[0] ?? '', 0);
    if (!isNamed(name, this.#root)) this.#refuseRoot(line);
  }

  #refuseRoot(line: number): void {
    const said = saying('otherRoot', { root: this.#root });
    this.refusal ??= fileFailure('FILE_LAYOUT', said, this.#file, line);
    if (!this.#goesOn) throw this.refusal;
  }
}
