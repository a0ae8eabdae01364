import assert from 'node:assert/strict';
import { createHash, type Hash, hash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { makeFolder } from '../../config/make-folder.ts';
import type { JsonObject } from '../../message/message.ts';
import { encodeWith } from '../encodings.ts';
import { carryOf } from '../layout/layout.ts';
import type { StreamWriting, WriteRules } from '../layout/write-rules.ts';
import type { FormerFiles, WrittenRows } from './former-set.ts';
import type { RowForm } from './row.ts';
import { compileRowForm, type WrittenLayout } from './row-form.ts';

/** A file of a set as it lies in the scratch folder. */
export interface DraftFile {
  /** Its name in the layout, with what stands for a day or a number. */
  readonly pattern: string;
  readonly path: string;
  readonly rows: number;
  /** SHA-256 of its bytes. */
  readonly hash: string;
  /** By stream: what each call wrote; none where rows do not stand in the order of the calls. */
  readonly calls: Readonly<Record<string, readonly WrittenRows[]>>;
}

interface OpenFile {
  readonly pattern: string;
  readonly path: string;
  readonly stream: WriteStream;
  readonly layout: WrittenLayout;
  /** Where children stand behind their parents; null where the order is that of the streams. */
  readonly families: FamilyRows | null;
  /** The form of the stream whose trailer ends it. */
  ending: RowForm;
  rows: number;
  bytes: number;
  readonly hash: Hash;
  readonly calls: Record<string, WrittenRows[]>;
  /** Names of the rows that it has; null where no row comes twice. */
  readonly written: Set<string> | null;
}

/** As long as short texts are copied: a longer one would keep alive what it was cut from. */
const NAME_BYTES = 12;

/** A set that is being written in a folder of its own, before anything of it is in place. */
export class Draft {
  readonly #folder: string;
  readonly #rules: WriteRules;
  readonly #forms: ReadonlyMap<string, RowForm>;
  readonly #files: ReadonlyMap<string, OpenFile>;

  private constructor(
    folder: string,
    rules: WriteRules,
    forms: ReadonlyMap<string, RowForm>,
    files: ReadonlyMap<string, OpenFile>,
  ) {
    this.#folder = folder;
    this.#rules = rules;
    this.#forms = forms;
    this.#files = files;
  }

  /** Every file is there, even if it gets no row: one that is left out says nothing. */
  static async open(
    folder: string,
    streams: ReadonlyMap<string, WrittenLayout>,
    rules: WriteRules,
    now: number,
  ): Promise<Draft> {
    await rm(folder, { recursive: true, force: true });
    await makeFolder(folder, 0o700);
    const forms = new Map<string, RowForm>();
    const files = new Map<string, OpenFile>();
    const draft = new Draft(folder, rules, forms, files);
    for (const [name, layout] of streams) {
      const form = compileRowForm(layout, rules, now);
      forms.set(name, form);
      const known = [...files.values()].find(({ pattern }) => pattern === layout.file);
      const file =
        known ??
        (await openFile(folder, files.size, layout, form, familiesIn(layout.file, streams)));
      if (layout.trailer !== undefined) file.ending = form;
      files.set(name, file);
      if (known === undefined) await draft.#write(file, form.head);
    }
    return draft;
  }

  /** Number of records so far. */
  get rows(): number {
    return this.#opened().reduce((sum, { rows }) => sum + rows, 0);
  }

  async add(stream: string, records: readonly JsonObject[]): Promise<void> {
    const form = this.#forms.get(stream);
    const file = this.#files.get(stream);
    if (form === undefined || file === undefined || records.length === 0) return;
    const { families } = file;
    if (families === null) {
      const rows = records.map((record) => form.row(record)).filter(isNew(file));
      const at = file.bytes;
      await this.#write(file, rows.join(''));
      noteCall(file, stream, [at, file.bytes - at, rows.length]);
    } else {
      file.rows += records.length;
      for (const record of records) families.add(stream, record, form.row(record));
    }
  }

  /** Takes over what such calls have written of a former set, as it stands there. */
  async keep(stream: string, former: FormerFiles, from: number, to: number): Promise<void> {
    const file = this.#files.get(stream);
    assert(file !== undefined, 'what is taken over has a file');
    const calls = former.calls(stream, from, to);
    let at = file.bytes;
    for await (const bytes of former.bytes(stream, calls)) await put(file, bytes);
    for (const [, bytes, rows] of calls) {
      noteCall(file, stream, [at, bytes, rows]);
      at += bytes;
    }
  }

  /** Ends the files; they lie there until `discard`. */
  async end(): Promise<readonly DraftFile[]> {
    for (const file of this.#opened()) {
      for (const row of file.families?.inOrder() ?? []) await this.#write(file, row);
      await this.#write(file, file.ending.trailer(file.rows));
      file.stream.end();
      await finished(file.stream);
    }
    return this.#opened().map(({ pattern, path, rows, hash, calls, families, written }) => {
      const inOrder = families === null && written === null ? calls : {};
      return { pattern, path, rows, hash: hash.digest('base64url'), calls: inOrder };
    });
  }

  async discard(): Promise<void> {
    for (const { stream } of this.#opened()) stream.destroy();
    await rm(this.#folder, { recursive: true, force: true });
  }

  #opened(): readonly OpenFile[] {
    return [...new Set(this.#files.values())];
  }

  async #write(file: OpenFile, text: string): Promise<void> {
    if (text === '') return;
    const { encoding = 'utf-8' } = file.layout;
    await put(file, encodeWith(text, encoding, this.#rules.instead ?? '?'));
  }
}

async function put(file: OpenFile, bytes: Uint8Array): Promise<void> {
  file.bytes += bytes.length;
  file.hash.update(bytes);
  if (!file.stream.write(bytes)) await once(file.stream, 'drain');
}

function noteCall(file: OpenFile, stream: string, call: WrittenRows): void {
  file.rows += call[2];
  const calls = file.calls[stream] ?? [];
  file.calls[stream] = calls;
  calls.push(call);
}

/** A row that was written is told once, for whatever reasons it stands there. */
function isNew({ written }: OpenFile): (row: string) => boolean {
  if (written === null) return () => true;
  return (row) => {
    const name = hash('sha256', row, 'latin1').slice(0, NAME_BYTES);
    const isKnown = written.has(name);
    if (!isKnown) written.add(name);
    return !isKnown;
  };
}

function familiesIn(file: string, streams: ReadonlyMap<string, WrittenLayout>): FamilyRows | null {
  const own = [...streams].filter(([, layout]) => layout.file === file);
  return own.some(([, layout]) => carryOf(layout) !== null) ? new FamilyRows(new Map(own)) : null;
}

async function openFile(
  folder: string,
  index: number,
  layout: WrittenLayout,
  ending: RowForm,
  families: FamilyRows | null,
): Promise<OpenFile> {
  const path = join(folder, String(index));
  const stream = createWriteStream(path, { mode: 0o600 });
  await once(stream, 'open');
  // An error is told by `end`; a set that is given up has none to tell.
  stream.on('error', () => {});
  const { rows = [], mayRepeat = false }: StreamWriting = layout.write ?? {};
  const written = mayRepeat ? new Set<string>() : null;
  const { length } = rows;
  const empty = { rows: length, bytes: 0, hash: createHash('sha256'), calls: {} };
  return { pattern: layout.file, path, stream, ending, layout, families, ...empty, written };
}

interface FamilyRow {
  readonly stream: string;
  readonly record: JsonObject;
  readonly row: string;
}

/**
 * The rows of a file in which children stand behind their parents: they come stream by stream, and
 * are in memory until all of them are there.
 */
class FamilyRows {
  readonly #streams: ReadonlyMap<string, WrittenLayout>;
  readonly #first: FamilyRow[] = [];
  /** By stream and parent. */
  readonly #children = new Map<string, FamilyRow[]>();

  constructor(streams: ReadonlyMap<string, WrittenLayout>) {
    this.#streams = streams;
  }

  add(stream: string, record: JsonObject, row: string): void {
    const [[carried] = []] = Object.entries(carryOf(this.#streams.get(stream))?.columns ?? {});
    if (carried === undefined) this.#first.push({ stream, record, row });
    else {
      const name = nameOf(stream, record[carried]);
      const siblings = this.#children.get(name) ?? [];
      siblings.push({ stream, record, row });
      this.#children.set(name, siblings);
    }
  }

  /** All rows, each child behind its parent; a child without one is a fault of ours. */
  *inOrder(): Generator<string> {
    for (const one of this.#first) yield* this.#family(one);
    assert.equal(this.#children.size, 0, 'a child has no parent in its file');
  }

  *#family({ stream, record, row }: FamilyRow): Generator<string> {
    yield row;
    for (const [name, layout] of this.#streams) {
      const carry = carryOf(layout);
      if (carry?.from !== stream) continue;
      const [column = ''] = Object.values(carry.columns);
      const family = nameOf(name, record[column]);
      const children = this.#children.get(family) ?? [];
      this.#children.delete(family);
      for (const child of children) yield* this.#family(child);
    }
  }
}

function nameOf(stream: string, parent: unknown): string {
  return JSON.stringify([stream, parent ?? '']);
}
