import { resolve } from 'node:path';
import { InvalidFailure } from '../failure/failure.ts';
import type { Log } from '../log/log.ts';
import type { Files, FilesOptions } from './files.ts';
import { openFolderFiles } from './folder-files.ts';

/** What opening files needs of a connector's context. */
export interface FilesContext {
  /** Against which a relative folder is resolved. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * Opens the files that the options name. Throws FILE_MISSING for a folder that is not there,
 * HeldFailure HOST_KEY_UNKNOWN or CREDENTIALS for a server that is not to be trusted or refuses us.
 */
export async function openFiles(options: FilesOptions, context: FilesContext): Promise<Files> {
  if (options.folder !== undefined) {
    return openFolderFiles(resolve(context.folder, options.folder));
  }
  if (options.sftp !== undefined) {
    // Read where there is a server: it brings a hundred files with it.
    const { openSftpFiles } = await import('./sftp-files.ts');
    return openSftpFiles(options.sftp, context.log);
  }
  throw new InvalidFailure('CONFIG_INVALID', 'Files need `folder` or `sftp` in their options.');
}
