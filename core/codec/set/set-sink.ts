import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { makeFolder } from '../../config/make-folder.ts';
import type { Context, SnapshotSink, SnapshotWriter } from '../../connector/connector.ts';
import type { Json, JsonObject } from '../../message/message.ts';
import type { Files } from '../../transport/files/files.ts';
import { type DelimitedStyle, formatDelimited } from '../delimited-rows.ts';
import { encodeWith } from '../encodings.ts';
import type { SetFile, SetLayout } from './set-layout.ts';

/** The world of a sink: where a set is written beside, and the time that its marker tells. */
type World = Pick<Context, 'scratch' | 'now'>;

/** Delivers the whole set of files that a layout declares, and its marker last. */
export class SetSink implements SnapshotSink {
  readonly mode = 'full';
  readonly #files: Files;
  readonly #layout: SetLayout;
  readonly #style: DelimitedStyle;
  readonly #world: World;

  /** `options` are the binding's: they switch files on. */
  constructor(files: Files, layout: SetLayout, options: object, world: World) {
    const on = new Map(Object.entries(options));
    const isOn = ({ option }: SetFile) => option === undefined || on.get(option) === true;
    const lineEnd = layout.lineEnd === 'crlf' ? '\r\n' : '\n';
    const spreadsheet = on.get('spreadsheet') === true;
    this.#files = files;
    this.#layout = { ...layout, files: layout.files.filter(isOn) };
    this.#style = { separator: layout.separator, lineEnd, spreadsheet };
    this.#world = world;
  }

  async begin(signal: AbortSignal): Promise<SnapshotWriter> {
    const folder = join(this.#world.scratch, 'set');
    await rm(folder, { recursive: true, force: true });
    await makeFolder(folder, 0o700);
    const place = { files: this.#files, folder, now: this.#world.now };
    // Every file of the set is there from the first time on, even if it is empty: one that is left
    // out makes everything in it inactive.
    const head = (file: SetFile) =>
      bytesOf(formatDelimited([file.columns, ...(file.rows ?? [])], this.#style), this.#layout);
    const opening = this.#layout.files.map((file) => openFile(file, folder, head(file)));
    const open = await Promise.all(opening);
    return new SetWriter(place, this.#layout, this.#style, open, signal);
  }

  async close(): Promise<void> {
    await this.#files.close();
  }
}

interface OpenFile {
  readonly file: SetFile;
  readonly stream: WriteStream;
  rows: number;
  /** Names of the rows that it has; null where no row comes twice. */
  readonly written: Set<string> | null;
}

/** Rows in the encoding of the set. */
function bytesOf(rows: string, { encoding = 'utf-8', instead = '?' }: SetLayout): Buffer {
  return encodeWith(rows, encoding, instead);
}

async function openFile(file: SetFile, folder: string, head: Buffer): Promise<OpenFile> {
  const stream = createWriteStream(join(folder, file.file), { mode: 0o600 });
  await once(stream, 'open');
  // An error is told by `commit`; a set that is given up has none to tell.
  stream.on('error', () => {});
  stream.write(head);
  const { length } = file.rows ?? [];
  return { file, stream, rows: length, written: file.mayRepeat === true ? new Set() : null };
}

/** As long as short texts are copied: a longer one would keep alive what it was cut from. */
const NAME_BYTES = 12;

/** A row that was written is told once, for whatever reasons it stands there. */
function isNew({ written }: OpenFile): (row: readonly string[]) => boolean {
  if (written === null) return () => true;
  return (row) => {
    const name = hash('sha256', JSON.stringify(row), 'latin1').slice(0, NAME_BYTES);
    const isKnown = written.has(name);
    if (!isKnown) written.add(name);
    return !isKnown;
  };
}

/** Where a set goes, and the folder that it is written in before. */
interface Place {
  readonly files: Files;
  readonly folder: string;
  readonly now: () => number;
}

/** Writes the set beside, then puts file after file in place; readers go by the marker. */
class SetWriter implements SnapshotWriter {
  readonly #place: Place;
  readonly #layout: SetLayout;
  readonly #style: DelimitedStyle;
  readonly #signal: AbortSignal;
  readonly #open: readonly OpenFile[];

  constructor(
    place: Place,
    layout: SetLayout,
    style: DelimitedStyle,
    open: readonly OpenFile[],
    signal: AbortSignal,
  ) {
    this.#place = place;
    this.#layout = layout;
    this.#style = style;
    this.#open = open;
    this.#signal = signal;
  }

  async write(objectKind: string, objects: readonly JsonObject[]): Promise<void> {
    const open = this.#open.find(({ file }) => file.kinds.includes(objectKind));
    if (open === undefined || objects.length === 0) return;
    const rows = objects.map((object) => this.#cellsOf(open.file, object)).filter(isNew(open));
    open.rows += rows.length;
    const bytes = bytesOf(formatDelimited(rows, this.#style), this.#layout);
    if (!open.stream.write(bytes)) await once(open.stream, 'drain');
  }

  async commit(): Promise<void> {
    const { files, folder, now } = this.#place;
    const { marker } = this.#layout;
    for (const { stream } of this.#open) {
      stream.end();
      await finished(stream);
    }
    this.#signal.throwIfAborted();
    // Until the new marker stands, nobody takes a mixture of two sets for a whole one.
    await files.remove(marker);
    for (const { file } of this.#open) {
      this.#signal.throwIfAborted();
      await files.put(file.file, createReadStream(join(folder, file.file)));
    }
    const rows = Object.fromEntries(this.#open.map((one) => [one.file.file, one.rows]));
    const text = JSON.stringify({ completedAt: new Date(now()).toISOString(), rows });
    await files.put(marker, [Buffer.from(`${text}\n`)]);
    await this.#remove();
  }

  async abort(): Promise<void> {
    for (const { stream } of this.#open) stream.destroy();
    await this.#remove();
  }

  #cellsOf({ columns }: SetFile, object: JsonObject): readonly string[] {
    const { listSeparator, lineBreaks } = this.#layout;
    return columns.map((column) => {
      const cell = cellOf(object[column], listSeparator);
      return lineBreaks === 'space' ? cell.replaceAll(/[\r\n]+/g, ' ') : cell;
    });
  }

  async #remove(): Promise<void> {
    await rm(this.#place.folder, { recursive: true, force: true });
  }
}

/** A list is one cell. */
function cellOf(value: Json | undefined, listSeparator: string): string {
  if (value === undefined || value === null) return '';
  return Array.isArray(value) ? value.join(listSeparator) : String(value);
}
