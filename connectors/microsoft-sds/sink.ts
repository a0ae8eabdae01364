import { hash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import {
  type DelimitedStyle,
  type Files,
  formatDelimited,
  type JsonObject,
  type SnapshotSink,
  type SnapshotWriter,
  type Surroundings,
} from '../../core/plugin.ts';
import { cellsOf, FILE_OF, RELATIONSHIPS, SDS_FILES, type SdsFile } from './csv-set.ts';

/** What the set holds, and for whom. */
export interface SdsOptions {
  /** Also write relationships.csv. Default false. */
  readonly relationships: boolean;
  /** People open the files: what a spreadsheet would run is made harmless. Default false. */
  readonly spreadsheet?: boolean;
}

const MARKER = 'sds.done';
const STYLE: DelimitedStyle = { separator: ',', lineEnd: '\r\n' };

/** Delivers the whole set of SDS V2.1 CSV files, and its marker last. */
export class SdsSink implements SnapshotSink {
  readonly mode = 'full';
  readonly #files: Files;
  readonly #set: readonly SdsFile[];
  readonly #style: DelimitedStyle;
  readonly #surroundings: Surroundings;

  constructor(
    files: Files,
    { relationships, spreadsheet = false }: SdsOptions,
    surroundings: Surroundings,
  ) {
    this.#files = files;
    this.#style = { ...STYLE, spreadsheet };
    this.#set = relationships ? [...SDS_FILES, RELATIONSHIPS] : SDS_FILES;
    this.#surroundings = surroundings;
  }

  async begin(signal: AbortSignal): Promise<SnapshotWriter> {
    const folder = join(this.#surroundings.scratch, 'set');
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const style = { set: this.#set, style: this.#style };
    return new SdsWriter(this.#files, style, folder, this.#surroundings.now, signal);
  }

  async close(): Promise<void> {
    await this.#files.close();
  }
}

interface OpenFile {
  readonly file: SdsFile;
  readonly stream: WriteStream;
  rows: number;
  /** Names of the rows that it has; null where no row comes twice. */
  readonly written: Set<string> | null;
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

/** Writes the set beside, then puts file after file in place; readers go by the marker. */
class SdsWriter implements SnapshotWriter {
  readonly #files: Files;
  readonly #folder: string;
  readonly #style: DelimitedStyle;
  readonly #now: () => number;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, OpenFile>();

  constructor(
    files: Files,
    { set, style }: { readonly set: readonly SdsFile[]; readonly style: DelimitedStyle },
    folder: string,
    now: () => number,
    signal: AbortSignal,
  ) {
    this.#files = files;
    this.#folder = folder;
    this.#style = style;
    this.#now = now;
    this.#signal = signal;
    // Every file of the set is there from the first time on, even if it is empty: one that is left
    // out makes everything in it inactive.
    for (const file of set) {
      const stream = createWriteStream(join(folder, `${file.kind}.csv`), { mode: 0o600 });
      stream.write(formatDelimited([file.columns], style));
      const written = file.mayRepeat === true ? new Set<string>() : null;
      this.#open.set(file.kind, { file, stream, rows: 0, written });
    }
  }

  async write(objectKind: string, objects: readonly JsonObject[]): Promise<void> {
    const open = this.#open.get(FILE_OF[objectKind] ?? objectKind);
    if (open === undefined || objects.length === 0) return;
    const rows = objects.map((object) => cellsOf(open.file, object)).filter(isNew(open));
    open.rows += rows.length;
    if (!open.stream.write(formatDelimited(rows, this.#style))) await once(open.stream, 'drain');
  }

  async commit(): Promise<void> {
    const counts: Record<string, number> = {};
    for (const [kind, { stream, rows }] of this.#open) {
      stream.end();
      await finished(stream);
      counts[`${kind}.csv`] = rows;
    }
    this.#signal.throwIfAborted();
    // Until the new marker stands, nobody takes a mixture of two sets for a whole one.
    await this.#files.remove(MARKER);
    for (const kind of this.#open.keys()) {
      this.#signal.throwIfAborted();
      await this.#files.put(`${kind}.csv`, createReadStream(join(this.#folder, `${kind}.csv`)));
    }
    const marker = { completedAt: new Date(this.#now()).toISOString(), rows: counts };
    await this.#files.put(MARKER, [Buffer.from(`${JSON.stringify(marker)}\n`)]);
    await this.#remove();
  }

  async abort(): Promise<void> {
    for (const { stream } of this.#open.values()) stream.destroy();
    await this.#remove();
  }

  async #remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}
