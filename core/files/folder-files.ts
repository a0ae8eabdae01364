import { constants, type Stats } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  stat,
} from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Failure, InvalidFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import {
  type Bytes,
  changed,
  checkPath,
  type Files,
  folderOf,
  missing,
  notWritten,
  PART,
  type RemoteFile,
} from './files.ts';
import { OneAtATime } from './one-at-a-time.ts';

const READ_BYTES = 262_144;

/** The files below a folder of this machine. Throws FILE_MISSING if it is not there. */
export async function openFolderFiles(folder: string): Promise<Files> {
  const base = await realpath(folder).catch((cause: unknown) => {
    throw missing(folder, cause);
  });
  return new FolderFiles(base);
}

class FolderFiles implements Files {
  readonly isNear = true;
  readonly #base: string;
  readonly #writes = new OneAtATime();

  constructor(base: string) {
    this.#base = base;
  }

  async list(folder: string): Promise<readonly RemoteFile[]> {
    const path = folder === '' ? this.#base : await this.#inside(checkPath(folder));
    const names = await readdir(path).catch((cause: unknown) => {
      throw missing(folder, cause);
    });
    const files: RemoteFile[] = [];
    for (const name of names.sort()) {
      if (name.endsWith(PART)) continue;
      const found = await this.#find(folder === '' ? name : `${folder}/${name}`);
      if (found?.isFile()) files.push({ name, bytes: found.size, modifiedAt: found.mtimeMs });
    }
    return files;
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    const handle = await this.#openToRead(checkPath(path));
    try {
      const { size } = await handle.stat();
      let count = 0;
      const stream = handle.createReadStream({ autoClose: false, highWaterMark: READ_BYTES });
      for await (const chunk of stream) {
        count += chunk.length;
        yield chunk;
      }
      if (count !== size) throw changed(path);
    } finally {
      await handle.close();
    }
  }

  put(path: string, bytes: Bytes): Promise<void> {
    return this.#writes.run(() => this.#put(checkPath(path), bytes));
  }

  async exists(path: string): Promise<boolean> {
    return (await this.#find(checkPath(path)))?.isFile() ?? false;
  }

  async move(from: string, to: string): Promise<void> {
    if (!(await this.exists(from))) throw missing(from);
    const target = await this.#toWrite(checkPath(to));
    await rename(await this.#inside(from), target).catch((cause: unknown) => {
      throw notWritten(to, 'it could not be renamed', cause);
    });
  }

  async remove(path: string): Promise<void> {
    if (!(await this.exists(path))) return;
    await rm(join(this.#base, path)).catch((cause: unknown) => {
      throw notWritten(path, 'it could not be removed', cause);
    });
  }

  async close(): Promise<void> {}

  async #put(path: string, bytes: Bytes): Promise<void> {
    const target = await this.#toWrite(path);
    const part = target + PART;
    try {
      // A link in the place of the temporary file would be followed: it goes first, then `wx`.
      await rm(part, { force: true });
      await writeWhole(part, bytes);
      await rename(part, target);
      await syncFolder(join(target, '..'));
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined);
      if (error instanceof Failure || !isSystemError(error)) throw error;
      throw notWritten(path, error.code, error);
    }
  }

  async #toWrite(path: string): Promise<string> {
    const folder = folderOf(path);
    if (folder !== '') await this.#makeFolder(folder);
    return join(this.#base, path);
  }

  /** Step by step, so that no link on the way is followed out of the base. */
  async #makeFolder(folder: string): Promise<void> {
    let at = '';
    for (const part of folder.split('/')) {
      at = at === '' ? part : `${at}/${part}`;
      await mkdir(join(this.#base, at)).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'EEXIST') throw notWritten(folder, 'its folder cannot be made', cause);
      });
      await this.#inside(at);
    }
  }

  async #openToRead(path: string): Promise<FileHandle> {
    const target = await this.#inside(path);
    const handle = await open(target, constants.O_RDONLY | constants.O_NONBLOCK).catch(
      (cause: unknown) => {
        throw missing(path, cause);
      },
    );
    if ((await handle.stat()).isFile()) return handle;
    await handle.close();
    throw missing(path);
  }

  async #find(path: string): Promise<Stats | null> {
    try {
      return await stat(await this.#inside(path));
    } catch {
      return null;
    }
  }

  /** The real path; FILE_MISSING where there is nothing, FILE_UNSAFE where a link leads out. */
  async #inside(path: string): Promise<string> {
    const real = await realpath(join(this.#base, path)).catch((cause: unknown) => {
      throw missing(path, cause);
    });
    if (real === this.#base || real.startsWith(this.#base + sep)) return real;
    throw new InvalidFailure('FILE_UNSAFE', saying('leadsOut', { file: path }));
  }
}

async function writeWhole(path: string, bytes: Bytes): Promise<void> {
  const handle = await open(path, 'wx', 0o640);
  try {
    let count = 0;
    for await (const chunk of bytes) {
      count += chunk.length;
      await handle.writeFile(chunk);
    }
    await handle.sync();
    if ((await handle.stat()).size !== count) throw notWritten(path, 'its size is not right');
  } finally {
    await handle.close();
  }
}

/** Makes the new name survive a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}
