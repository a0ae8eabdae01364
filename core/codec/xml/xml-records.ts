import { didYouMean } from '../../failure/lint.ts';
import { saying } from '../../failure/saying.ts';
import { decodeText, type Encoding, fileFailure, wholeSoFar } from '../text-decoding.ts';
import type { XmlElement } from './xml-element.ts';
import { type XmlCollecting, XmlParsing } from './xml-parsing.ts';

/** Which children of the root are records. */
export interface XmlRecordFormat {
  readonly file: string;
  /** Name of the document's root element. */
  readonly root: string;
  /** Names of the root's children that are yielded; the others are read over. */
  readonly records: ReadonlySet<string>;
}

const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ['utf-8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['iso-8859-1', 'iso-8859-1'],
  ['windows-1252', 'windows-1252'],
]);
const DECLARATION_BYTES = 256;

/**
 * Reads the records of an XML document as a stream, in flat memory. Throws InvalidFailure with the
 * line, possibly after batches: FILE_UNSAFE (document types, entities of its own, processing
 * instructions, NUL, too deep, too long), FILE_ENCODING, FILE_LAYOUT (another root), FILE_DAMAGED
 * (truncated anywhere, or not well-formed).
 */
export async function* readXmlRecords(
  bytes: AsyncIterable<Uint8Array>,
  format: XmlRecordFormat,
): AsyncGenerator<readonly XmlElement[]> {
  let records: XmlElement[] = [];
  const collecting = {
    file: format.file,
    collects: (name: string, depth: number, line: number) => isRecord(name, depth, line, format),
    take: (element: XmlElement) => records.push(element),
  };
  yield* wholeSoFar(readXmlElements(bytes, collecting), () => {
    const read = records;
    records = [];
    return read.length === 0 ? null : read;
  });
}

/**
 * Hands over the elements that are collected, and yields after each piece of the document. Throws
 * as `readXmlRecords` does, but for FILE_LAYOUT, which is the caller's to know.
 */
export async function* readXmlElements(
  bytes: AsyncIterable<Uint8Array>,
  collecting: XmlCollecting,
): AsyncGenerator<void> {
  const { file } = collecting;
  const parsing = new XmlParsing(collecting);
  const input = new RepeatableStart(bytes);
  const encoding = declaredEncoding(await input.start(DECLARATION_BYTES), file);
  for await (const text of decodeText(input.all(), encoding, file)) {
    parsing.push(text);
    yield;
  }
  parsing.end();
  yield;
}

function isRecord(name: string, depth: number, line: number, format: XmlRecordFormat): boolean {
  if (depth > 0) return depth === 1 && format.records.has(name);
  if (name === format.root) return false;
  const isNear = didYouMean(format.root, [name.slice(0, 60)]) !== '';
  const said = saying(isNear ? 'otherRootNear' : 'otherRoot', { root: format.root });
  throw fileFailure('FILE_LAYOUT', said, format.file, line);
}

function declaredEncoding(start: Buffer, file: string): Encoding {
  const head = start.toString('latin1');
  const declared = /^(?:\xef\xbb\xbf)?<\?xml\s[^>]*?encoding\s*=\s*["']([\w.-]{1,40})["']/.exec(
    head,
  );
  const label = declared?.[1];
  if (label === undefined) return 'utf-8';
  const encoding = ENCODINGS.get(label.toLowerCase());
  if (encoding !== undefined) return encoding;
  const said = saying('declares', { label, known: [...ENCODINGS.keys()] });
  throw fileFailure('FILE_ENCODING', said, file, 1);
}

/** Bytes whose start can be looked at before all of them are read. */
class RepeatableStart {
  readonly #rest: AsyncIterator<Uint8Array>;
  #start: Buffer = Buffer.alloc(0);

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#rest = bytes[Symbol.asyncIterator]();
  }

  async start(bytes: number): Promise<Buffer> {
    while (this.#start.length < bytes) {
      const next = await this.#rest.next();
      if (next.done === true) break;
      this.#start = Buffer.concat([this.#start, next.value]);
    }
    return this.#start.subarray(0, bytes);
  }

  async *all(): AsyncGenerator<Uint8Array> {
    try {
      yield this.#start;
      for (;;) {
        const next = await this.#rest.next();
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await this.#rest.return?.();
    }
  }
}
