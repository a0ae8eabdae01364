import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from './config/owner.ts';
import type { Source } from './connector/connector.ts';
import { copyDatabase } from './store/sqlite/backup.ts';

const NAME = /^rehearsal-(\d+)-/;

/**
 * A folder with a copy of the database, in which a sync can be tried without changing anything: in
 * the data folder where there is one, since it is as private. What a process that was killed has
 * left is removed.
 */
export async function copyForRehearsal(dataFolder: string): Promise<string> {
  const names = await readdir(dataFolder).catch(() => null);
  for (const name of names ?? []) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(dataFolder, name), ALL);
  }
  const parent = names === null ? tmpdir() : dataFolder;
  const folder = await mkdtemp(join(parent, `rehearsal-${process.pid}-`));
  const database = join(dataFolder, 'skolnav.db');
  const isThere = await access(database).then(
    () => true,
    () => false,
  );
  if (isThere) await copyDatabase(database, join(folder, 'skolnav.db'));
  return folder;
}

/** Removes it with all that was tried in it. */
export async function endRehearsal(folder: string): Promise<void> {
  await rm(folder, ALL);
}

/** The source, read as it lies there, and never told that anything was taken in. */
export function untold(source: Source): Source {
  const { fingerprint, unread, waiting, isUnchanged } = source;
  return {
    read: (since, signal) => source.read(since, signal),
    ...(fingerprint === undefined
      ? {}
      : { fingerprint: (since) => fingerprint.call(source, since) }),
    ...(unread === undefined ? {} : { unread: (since) => unread.call(source, since) }),
    ...(waiting === undefined
      ? {}
      : { waiting: (since, signal) => waiting.call(source, since, signal) }),
    ...(isUnchanged === undefined
      ? {}
      : { isUnchanged: (since, signal) => isUnchanged.call(source, since, signal) }),
    close: () => source.close(),
  };
}

const ALL = { recursive: true, force: true } as const;
