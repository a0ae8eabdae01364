import { InvalidFailure, TransientFailure } from '../failure/failure.ts';
import { saying } from '../failure/saying.ts';
import { systemCode, systemFault } from '../failure/system-fault.ts';
import type { JsonObject } from '../message/message.ts';

/** One file of a folder, wherever the folder is. */
export interface RemoteFile {
  /** Without folder. */
  readonly name: string;
  /** Its size. */
  readonly bytes: number;
  /** Epoch milliseconds by the clock of its system; often of second resolution. */
  readonly modifiedAt: number;
}

/** The bytes of a file to be written. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * The files below one folder, local or remote. Paths are relative to it, with `/`; a path that
 * leads out of it is refused. Every method may throw TransientFailure CONNECTION_LOST or TIMEOUT.
 */
export interface Files {
  /** They are on this machine: to read one costs next to nothing. */
  readonly isNear?: boolean;
  /**
   * The files of a folder (`''` is the whole), sorted by name, without its folders and without
   * files that are still being written (`*.part`). Throws FILE_MISSING if the folder is not there.
   */
  list(folder: string): Promise<readonly RemoteFile[]>;
  /**
   * The file's bytes. Throws FILE_MISSING if it is not there and never ends early: a file that
   * turns out shorter or longer than it was at the beginning is a failure.
   */
  read(path: string): AsyncIterable<Uint8Array>;
  /**
   * Writes under a temporary name, checks the size, renames over the old file: whoever looks sees
   * the old file or the new one, whole. Makes the folder if it is not there. Throws FILE_WRITE.
   */
  put(path: string, bytes: Bytes): Promise<void>;
  /** Whether there is a file (not a folder) of that name. */
  exists(path: string): Promise<boolean>;
  /** Renames; replaces what is at `to` and makes its folder. Throws FILE_MISSING, FILE_WRITE. */
  move(from: string, to: string): Promise<void>;
  /** Removes a file; one that is not there is removed already. */
  remove(path: string): Promise<void>;
  /** Ends the connection. */
  close(): Promise<void>;
}

/** Where the files of a binding are; exactly one of the two. */
export interface FilesOptions {
  /** A folder of this machine. */
  readonly folder?: string;
  /** Or an SFTP server. */
  readonly sftp?: SftpOptions;
}

/** An SFTP server and how to log in; a password or a private key. */
export interface SftpOptions {
  /** Name or address of the server. */
  readonly host: string;
  /** Default 22. */
  readonly port?: number;
  /** User name. */
  readonly user: string;
  /** Password, where no key is used. */
  readonly password?: string;
  /** Private key without passphrase. */
  readonly privateKey?: string;
  /** Fingerprints of the server, as `ssh-keygen -lf` prints them. */
  readonly hostKeys: readonly string[];
  /** Folder on the server. Default: the home of the user. */
  readonly folder?: string;
}

/** What is added to a file's name while it is written. */
export const PART = '.part';

/** JSON Schema of `FilesOptions`, for the options in manifests. */
export const FILES_OPTIONS: JsonObject = {
  type: 'object',
  description: 'Where the files are: a folder of this machine, or an SFTP server.',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    folder: {
      type: 'string',
      minLength: 1,
      format: 'folder',
      description: 'Folder of this machine; a relative path is meant from the workspace.',
    },
    sftp: {
      type: 'object',
      description: 'An SFTP server.',
      additionalProperties: false,
      required: ['host', 'user', 'hostKeys'],
      oneOf: [{ required: ['password'] }, { required: ['privateKey'] }],
      properties: {
        host: { type: 'string', format: 'host', description: 'Name or address of the server.' },
        port: { type: 'integer', minimum: 1, maximum: 65535, default: 22, description: 'Port.' },
        user: { type: 'string', minLength: 1, description: 'User name.' },
        password: {
          type: 'string',
          writeOnly: true,
          description: 'Password, where no key is used.',
        },
        privateKey: {
          type: 'string',
          writeOnly: true,
          description: 'Private key without passphrase (OpenSSH or PEM), best from a secret file.',
        },
        hostKeys: {
          type: 'array',
          minItems: 1,
          maxItems: 2,
          items: { type: 'string', pattern: '^SHA256:[A-Za-z0-9+/]{43}$' },
          description:
            'Fingerprints of the server as `ssh-keygen -lf` prints them; two while it changes its key.',
        },
        folder: {
          type: 'string',
          format: 'host-folder',
          default: '.',
          description: "Folder on the server; a relative path is meant from the user's home.",
        },
      },
    },
  },
};

/** The path, if it stays below the folder it is relative to; FILE_UNSAFE otherwise. */
export function checkPath(path: string): string {
  const parts = path.split('/');
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || isOdd(part));
  if (bad || path.length > 1024) {
    throw new InvalidFailure('FILE_UNSAFE', saying('oddName', {}));
  }
  return path;
}

/** The folder part of a checked path; `''` for the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function isOdd(part: string): boolean {
  return [...part].some(
    (character) => character < ' ' || character === '\\' || character === '\x7f',
  );
}

/** FILE_MISSING: it is not there, or the system does not let it be read. */
export function missing(path: string, cause?: unknown): InvalidFailure {
  const place = { file: path, line: null, field: null };
  const why = systemCode(cause) === 'ENOENT' ? null : systemFault(cause);
  const said =
    why === null ? saying('isNotThere', { file: path }) : saying('notRead', { file: path, why });
  return new InvalidFailure('FILE_MISSING', said, { place, cause });
}

/** A file was not the same from its beginning to its end. */
export function changed(path: string): InvalidFailure {
  const place = { file: path, line: null, field: null };
  return new InvalidFailure('FILE_DAMAGED', saying('fileChanged', { file: path }), { place });
}

/** FILE_WRITE; what the system has said takes the place of `what`. */
export function notWritten(path: string, what: string, cause?: unknown): TransientFailure {
  const place = { file: path, line: null, field: null };
  const said = saying('notPlaced', { file: path, why: systemFault(cause) ?? what });
  return new TransientFailure('FILE_WRITE', said, { place, cause });
}
