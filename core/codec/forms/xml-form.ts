import type { XmlLayout } from '../layout/layout.ts';
import { fileFailure } from '../text-decoding.ts';
import { localName, type XmlElement } from '../xml/xml-element.ts';
import { readXmlElements } from '../xml/xml-records.ts';
import type { FormRecord } from './form-record.ts';
import { compileXmlPath, type XmlPath } from './xml-path.ts';

interface XmlStream {
  readonly name: string;
  /** Names from below the root to the record. */
  readonly path: readonly string[];
  /** How many of them are read over: no column needs what stands there. */
  readonly outside: number;
  readonly columns: readonly { readonly name: string; readonly isList: boolean; path: XmlPath }[];
}

/**
 * Reads the records of all streams of one XML document in one pass. Only a record, with as much
 * around it as its columns need, is in memory. Throws as `readXmlRecords` does.
 */
export async function* readXmlForm(
  bytes: AsyncIterable<Uint8Array>,
  layouts: ReadonlyMap<string, XmlLayout>,
  file: string,
): AsyncGenerator<readonly FormRecord[]> {
  const streams = [...layouts].map(([name, layout]) => streamOf(name, layout));
  const [root = ''] = [...layouts.values()].map((layout) => layout.root);
  const open: string[] = [];
  const collects = (name: string, depth: number, line: number): boolean => {
    open.length = depth;
    open.push(localName(name));
    if (depth === 0 && open[0] !== root) {
      throw fileFailure('FILE_LAYOUT', `the root element is not <${root}>`, file, line);
    }
    return depth > 0 && streams.some((stream) => isAt(stream, open));
  };
  const found: { readonly above: readonly string[]; readonly element: XmlElement }[] = [];
  const take = (element: XmlElement) => found.push({ above: open.slice(1, -1), element });
  for await (const _ of readXmlElements(bytes, { file, collects, take })) {
    const records = found.flatMap(({ above, element }) =>
      streams.flatMap((stream) => recordsIn(stream, above, [element])),
    );
    found.length = 0;
    if (records.length > 0) yield records;
  }
}

function streamOf(name: string, { record, columns }: XmlLayout): XmlStream {
  const path = record.split('/');
  const compiled = columns
    .filter(({ drop }) => drop !== true)
    .flatMap((column) => {
      const at = compileXmlPath(column.path ?? column.name);
      return at === null ? [] : [{ name: column.name, isList: column.all === true, path: at }];
    });
  const up = Math.max(0, ...compiled.map((column) => column.path.up));
  return { name, path, outside: Math.max(0, path.length - 1 - up), columns: compiled };
}

/** Whether what is open is the outermost element that a record of the stream needs. */
function isAt({ path, outside }: XmlStream, [, ...open]: readonly string[]): boolean {
  return open.length === outside + 1 && open.every((name, index) => name === path[index]);
}

/** The records of a stream in an element that was collected, with those around each. */
function recordsIn(
  stream: XmlStream,
  above: readonly string[],
  around: readonly XmlElement[],
): readonly FormRecord[] {
  const element = around.at(-1);
  const depth = above.length + around.length;
  if (element === undefined || localName(element.name) !== stream.path[depth - 1]) return [];
  if (!above.every((name, index) => name === stream.path[index])) return [];
  if (depth === stream.path.length) return [recordOf(stream, around, element.line)];
  return element.children.flatMap((child) => recordsIn(stream, above, [...around, child]));
}

function recordOf(
  { name, columns }: XmlStream,
  around: readonly XmlElement[],
  line: number,
): FormRecord {
  const values = columns.map((column): [string, string | readonly string[]] => {
    const texts = column.path.texts(around);
    return [column.name, column.isList ? texts : (texts[0] ?? '')];
  });
  return { stream: name, line, values: Object.fromEntries(values) };
}
