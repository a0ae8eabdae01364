import type SftpClient from 'ssh2-sftp-client';
import { InvalidFailure, TransientFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import type { Log } from '../log/log.ts';
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
  type SftpOptions,
} from './files.ts';
import { OneAtATime } from './one-at-a-time.ts';
import { SftpConnection, SftpRefusal } from './sftp-connection.ts';
import { TRANSFER_BYTES, upload } from './sftp-upload.ts';

/**
 * The files below a folder of an SFTP server; logs in at once, so that a wrong login shows early.
 */
export async function openSftpFiles(options: SftpOptions, log: Log): Promise<Files> {
  const files = new SftpFiles(options, log);
  await files.login();
  return files;
}

/**
 * A connection serves one operation at a time: servers and the client library mix parallel ones up.
 * Short operations and writes take turns on one; each read that is under way has one of its own.
 */
class SftpFiles implements Files {
  readonly #options: SftpOptions;
  readonly #log: Log;
  readonly #turns = new OneAtATime();
  readonly #idle: SftpConnection[] = [];
  #closed = false;

  constructor(options: SftpOptions, log: Log) {
    this.#options = options;
    this.#log = log;
  }

  login(): Promise<void> {
    return this.#use(async () => undefined);
  }

  async list(folder: string): Promise<readonly RemoteFile[]> {
    const path = folder === '' ? this.#base() : this.#path(folder);
    const items = await this.#look(folder, (client) => client.list(path));
    const files = items.filter((item) => item.type === '-' && !item.name.endsWith(PART));
    const readable = files.filter((item) => isAscii(item.name));
    if (readable.length < files.length) {
      const left = { leftOut: files.length - readable.length };
      this.#log.warn(left, 'files whose names are not ASCII are left out');
    }
    return readable
      .map((item) => ({ name: item.name, bytes: item.size, modifiedAt: item.modifyTime }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    const target = this.#path(path);
    const { connection, size } = await this.#openToRead(path, target);
    let whole = false;
    try {
      let count = 0;
      for await (const chunk of chunksOf(connection, target)) {
        count += chunk.length;
        yield chunk;
      }
      if (count !== size && !connection.usable) throw connection.lost();
      if (count !== size) throw changed(path);
      whole = true;
    } catch (error) {
      throw error instanceof SftpRefusal ? readFailure(path, error) : error;
    } finally {
      if (whole) this.#release(connection);
      else await connection.end();
    }
  }

  put(path: string, bytes: Bytes): Promise<void> {
    const target = this.#path(path);
    return this.#change(path, async (connection) => {
      await this.#makeFolder(connection, folderOf(path));
      const count = await upload(connection, target + PART, bytes);
      const { size } = await connection.run((client) => client.stat(target + PART));
      if (size !== count) throw notWritten(path, 'its size on the server is not right');
      await replace(connection, target + PART, target);
    });
  }

  async exists(path: string): Promise<boolean> {
    const target = this.#path(path);
    try {
      return (await this.#look(path, (client) => client.stat(target))).isFile;
    } catch (error) {
      if (error instanceof InvalidFailure && error.code === 'FILE_MISSING') return false;
      throw error;
    }
  }

  async move(from: string, to: string): Promise<void> {
    const [source, target] = [this.#path(from), this.#path(to)];
    if (!(await this.exists(from))) throw missing(from);
    await this.#change(to, async (connection) => {
      await this.#makeFolder(connection, folderOf(to));
      await replace(connection, source, target);
    });
  }

  remove(path: string): Promise<void> {
    const target = this.#path(path);
    return this.#change(path, async (connection) => {
      await connection.run((client) => client.delete(target, true));
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#turns.run(async () => undefined);
    await Promise.all(this.#idle.splice(0).map((connection) => connection.end()));
  }

  #base(): string {
    return this.#options.folder ?? '.';
  }

  #path(path: string): string {
    if (isAscii(path)) return `${this.#base()}/${checkPath(path)}`;
    // Servers disagree about the encoding of other letters in names.
    throw new InvalidFailure('FILE_UNSAFE', saying('mustBeAscii', {}));
  }

  /** A step that only looks; a connection that proves dead is replaced once. */
  async #look<T>(path: string, step: (client: SftpClient) => Promise<T>): Promise<T> {
    const attempt = (): Promise<T> => this.#use((connection) => connection.run(step));
    try {
      return await attempt().catch((error: unknown) => {
        if (error instanceof TransientFailure && error.code === 'CONNECTION_LOST') return attempt();
        throw error;
      });
    } catch (error) {
      throw error instanceof SftpRefusal ? readFailure(path, error) : error;
    }
  }

  async #change(path: string, step: (connection: SftpConnection) => Promise<void>): Promise<void> {
    try {
      await this.#use(step);
    } catch (error) {
      if (!(error instanceof SftpRefusal)) throw error;
      throw notWritten(path, `the server says no (${error.code})`, error);
    }
  }

  #use<T>(step: (connection: SftpConnection) => Promise<T>): Promise<T> {
    return this.#turns.run(async () => {
      const connection = await this.#acquire();
      try {
        return await step(connection);
      } finally {
        this.#release(connection);
      }
    });
  }

  async #openToRead(path: string, target: string): Promise<Opened> {
    const attempt = async (): Promise<Opened> => {
      const connection = await this.#acquire();
      try {
        const { size, isFile } = await connection.run((client) => client.stat(target));
        if (!isFile) throw missing(path);
        return { connection, size };
      } catch (error) {
        this.#release(connection);
        throw error instanceof SftpRefusal ? readFailure(path, error) : error;
      }
    };
    return attempt().catch((error: unknown) => {
      if (error instanceof TransientFailure && error.code === 'CONNECTION_LOST') return attempt();
      throw error;
    });
  }

  async #acquire(): Promise<SftpConnection> {
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.usable) return idle;
    }
    return SftpConnection.open(this.#options);
  }

  #release(connection: SftpConnection): void {
    if (connection.usable && !this.#closed) this.#idle.push(connection);
    else void connection.end();
  }

  async #makeFolder(connection: SftpConnection, folder: string): Promise<void> {
    if (folder === '') return;
    const target = `${this.#base()}/${folder}`;
    await connection.run(async (client) => {
      if ((await client.exists(target)) === false) await client.mkdir(target, true);
    });
  }
}

interface Opened {
  readonly connection: SftpConnection;
  readonly size: number;
}

async function* chunksOf(connection: SftpConnection, target: string): AsyncGenerator<Uint8Array> {
  const stream = await connection.run(async (client) =>
    client.createReadStream(target, { highWaterMark: TRANSFER_BYTES }),
  );
  // Read to its end it still closes itself; where the connection ends first, that is no failure.
  stream.on('error', () => {});
  const chunks: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
  for (;;) {
    const next = await connection.run(() => chunks.next());
    if (next.done === true) return;
    yield next.value;
  }
}

/** Atomic where the server can (OpenSSH's extension); else the old file goes just before. */
async function replace(connection: SftpConnection, from: string, to: string): Promise<void> {
  try {
    await connection.run((client) => client.posixRename(from, to));
  } catch (error) {
    if (!(error instanceof SftpRefusal) || error.code !== 'unsupported') throw error;
    await connection.run((client) => client.delete(to, true));
    await connection.run((client) => client.rename(from, to));
  }
}

function readFailure(path: string, refusal: SftpRefusal): InvalidFailure {
  if (refusal.code === 'missing') return missing(path, refusal);
  const place = { file: path, line: null, field: null };
  const said = saying('serverSaysNo', { file: path, code: refusal.code });
  return new InvalidFailure('FILE_MISSING', said, { place, cause: refusal });
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}
