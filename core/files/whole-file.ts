import { createHash } from 'node:crypto';
import { TransientFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Files, RemoteFile } from './files.ts';

/** A file that was changed less long ago than this may be changing still. */
const YOUNG_MS = 10_000;
const LOOK_AGAIN_MS = 1_000;

interface Clock {
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/**
 * For files that nothing vouches for, no marker and no trailer: where one was changed a moment ago,
 * looks again a moment later. Throws TransientFailure FILE_GROWING for one that is another by then,
 * or gone.
 */
export async function waitUntilStill(
  files: Files,
  found: readonly RemoteFile[],
  { now, sleep }: Clock,
  signal: AbortSignal,
): Promise<void> {
  if (!found.some(({ modifiedAt }) => Math.abs(now() - modifiedAt) < YOUNG_MS)) return;
  await sleep(LOOK_AGAIN_MS, signal);
  await checkStill(files, found);
}

/** Looks once more; throws as `waitUntilStill` does. After reading, it says that all was one. */
export async function checkStill(files: Files, found: readonly RemoteFile[]): Promise<void> {
  const present = new Map((await files.list('')).map((file) => [file.name, file]));
  for (const file of found) {
    const again = present.get(file.name);
    if (again?.bytes === file.bytes && again.modifiedAt === file.modifiedAt) continue;
    const place = { file: file.name, line: null, field: null };
    const said = saying('writtenStill', { file: file.name });
    throw new TransientFailure('FILE_GROWING', said, { place });
  }
}

/** What a file's bytes were, by which it is known again. */
export interface Print {
  /** Its size. */
  readonly bytes: number;
  /** SHA-256 of its bytes. */
  readonly hash: string;
  /** The last line of its text has an end; true of a file without any line. */
  readonly isEnded: boolean;
}

const LINE_FEED = 10;
/** Ctrl-Z, with which DOS ends a file. */
const DOS_END = 26;

/** Sees whether the last line has an end while the text of a file goes by. */
export class LineEnd {
  /** The last two bytes. */
  #before = 0;
  #last = LINE_FEED;

  async *through(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      if (chunk.length > 0) this.#before = chunk.at(-2) ?? this.#last;
      this.#last = chunk.at(-1) ?? this.#last;
      yield chunk;
    }
  }

  get isThere(): boolean {
    // In UTF-16 with the low byte first, a nought follows.
    const sign = this.#last === 0 ? this.#before : this.#last;
    return sign === LINE_FEED || sign === DOS_END;
  }
}

/** Takes a file's print while its bytes go by; of a packed one, its text goes by elsewhere. */
export class Printing {
  readonly #hash = createHash('sha256');
  #bytes = 0;

  async *through(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  /** Once, when all has gone by. */
  print(): Omit<Print, 'isEnded'> {
    return { bytes: this.#bytes, hash: this.#hash.digest('base64url') };
  }
}
