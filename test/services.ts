import type { SftpOptions } from '../core/plugin.ts';
import { pending } from './pending.ts';
import { sshdFromEnvironment, startSshd } from './services/sshd.ts';

/** A real SFTP server for tests; `options` log in with a key or a password. */
export interface SftpService {
  readonly options: SftpOptions;
  /** Folder on this machine that the options' folder is; null for a server somewhere else. */
  readonly localFolder: string | null;
  /** Kills the server with all its sessions, as a crash does; null for a server somewhere else. */
  readonly kill: (() => Promise<void>) | null;
  stop(): Promise<void>;
}

/** Why a service is not to be had, in one line that says what to install. */
export interface ServiceMissing {
  readonly missing: string;
}

/**
 * An SFTP server: the one that SKOLNAV_TEST_SFTP names
 * (`sftp://user:password@host:port/folder?hostKey=SHA256:...`), else OpenSSH's, started privately.
 */
export async function findSshd(): Promise<SftpService | ServiceMissing> {
  const url = process.env['SKOLNAV_TEST_SFTP'];
  return url === undefined ? startSshd() : sshdFromEnvironment(new URL(url));
}

/**
 * The service, or the end of the suite: pending, with what to install in the titles of its tests; a failure where CI is `true`. Call it in `before`.
 */
export function serviceOrPending<T extends object>(
  context: Mocha.Context,
  found: T | ServiceMissing,
): T {
  if (!('missing' in found)) return found;
  if (process.env['CI'] === 'true') throw new Error(found.missing);
  return pending(context, found.missing);
}
