import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolder } from '../../config/make-folder.ts';
import { Failure } from '../../failure/failure.ts';
import type { Files } from '../../files/files.ts';
import { Printing } from '../../files/whole-file.ts';
import { digestOf, isObject } from '../../message/digest.ts';
import type { Json } from '../../message/message.ts';
import type { WriteRules } from '../layout/write-rules.ts';
import type { WrittenLayout } from './row-form.ts';

/** The rows of one call: where they begin in their file, their bytes, and how many they are. */
export type WrittenRows = readonly [at: number, bytes: number, rows: number];

/** A file of a set as it was put in place. */
export interface KnownFile {
  readonly name: string;
  /** SHA-256 of its bytes. */
  readonly hash: string;
  /** By stream, in the order of their calls. */
  readonly calls: Readonly<Record<string, readonly WrittenRows[]>>;
}

/** What is remembered of a set; of another layout or other rules it says nothing. */
export function memoryOf(
  files: readonly KnownFile[],
  streams: ReadonlyMap<string, WrittenLayout>,
  rules: WriteRules,
): Json {
  const written = files.map(({ name, hash, calls }) => ({ name, hash, calls }));
  return { form: formOf(streams, rules), files: written };
}

function formOf(streams: ReadonlyMap<string, WrittenLayout>, rules: WriteRules): string {
  return digestOf(JSON.parse(JSON.stringify([[...streams], rules])));
}

/** A set that is in place, byte for byte as it was written: copied, so that it stays so. */
export class FormerFiles {
  readonly #folder: string;
  readonly #copies: ReadonlyMap<string, { readonly path: string; readonly known: KnownFile }>;

  private constructor(folder: string, files: readonly KnownFile[]) {
    this.#folder = folder;
    this.#copies = new Map(
      files.flatMap((known, index) => {
        const path = join(folder, String(index));
        return Object.keys(known.calls).map((stream) => [stream, { path, known }] as const);
      }),
    );
  }

  /** Null where a file of it is not there, or not as it was written; `folder` is for the copies. */
  static async open(
    from: Files,
    folder: string,
    memory: Json,
    streams: ReadonlyMap<string, WrittenLayout>,
    rules: WriteRules,
  ): Promise<FormerFiles | null> {
    await rm(folder, { recursive: true, force: true });
    if (!isObject(memory) || memory['form'] !== formOf(streams, rules)) return null;
    // SAFETY: `memoryOf` made it, of this form.
    const files = memory['files'] as unknown as readonly KnownFile[];
    await makeFolder(folder, 0o700);
    const former = new FormerFiles(folder, files);
    for (const [index, { name, hash }] of files.entries()) {
      if ((await copied(from, name, join(folder, String(index)))) === hash) continue;
      await former.close();
      return null;
    }
    return former;
  }

  /** Whether so many calls wrote the rows of a stream, one behind the other. */
  holds(stream: string, calls: number): boolean {
    const known = this.#copies.get(stream)?.known.calls[stream] ?? [];
    return calls > 0 && known.length === calls && isOnePiece(known);
  }

  calls(stream: string, from: number, to: number): readonly WrittenRows[] {
    return this.#copies.get(stream)?.known.calls[stream]?.slice(from, to) ?? [];
  }

  /** The bytes of such calls, which stand one behind the other. */
  async *bytes(stream: string, calls: readonly WrittenRows[]): AsyncGenerator<Uint8Array> {
    const copy = this.#copies.get(stream);
    const [first] = calls;
    if (copy === undefined || first === undefined) return;
    const [start] = first;
    const end = start + calls.reduce((sum, [, bytes]) => sum + bytes, 0);
    const handle = await open(copy.path);
    try {
      yield* bytesIn(handle, start, end);
    } finally {
      await handle.close();
    }
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

const PIECE = 262_144;

async function* bytesIn(handle: FileHandle, start: number, end: number) {
  for (let at = start; at < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(PIECE, end - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    assert(bytesRead > 0, 'a copy of the former set has its end');
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The hash of a file of which a copy was made; null where it cannot be read. */
async function copied(from: Files, name: string, path: string): Promise<string | null> {
  const printing = new Printing();
  try {
    const copy = createWriteStream(path, { mode: 0o600 });
    await pipeline(printing.through(from.read(name)), copy);
    return printing.print().hash;
  } catch (failure) {
    if (failure instanceof Failure) return null;
    throw failure;
  }
}

function isOnePiece(calls: readonly WrittenRows[]): boolean {
  return calls.every(([at, bytes], index) => {
    const next = calls[index + 1];
    return next === undefined || next[0] === at + bytes;
  });
}
