import { existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { InvalidFailure } from '../../failure/failure.ts';
import { saying } from '../../failure/saying.ts';
import { systemFault } from '../../failure/system-fault.ts';
import { type Database, refuseUnusable, unusable } from './database.ts';

/** Writes a copy of the database under another name, and gives it its own when it is whole. */
export async function backUp(database: Database, file: string): Promise<void> {
  if (existsSync(file)) throw new InvalidFailure('BACKUP_REFUSED', `${file} is there already`);
  const part = `${file}.part`;
  try {
    await rm(part, { force: true });
    // Made by us: readable for nobody else from the first byte.
    const made = await open(part, 'wx', 0o600);
    try {
      database.exec(`VACUUM main INTO '${part.replaceAll("'", "''")}'`);
      giveUpLeases(part);
      await made.sync();
    } finally {
      await made.close();
    }
    await rename(part, file);
  } catch (cause) {
    await rm(part, { force: true }).catch(() => undefined);
    const reason = systemFault(cause) ?? String(cause instanceof Error ? cause.message : cause);
    const said = saying('copyUnwritten', { file, why: reason });
    throw new InvalidFailure('BACKUP_REFUSED', said, { cause });
  }
}

/**
 * The same of a database that is not open here, and that is not changed by it in any way. Throws
 * STORE_UNUSABLE.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  try {
    refuseUnusable(from);
    await copy(from, to);
  } catch (cause) {
    throw unusable(from, cause);
  }
}

async function copy(from: string, to: string): Promise<void> {
  const made = await open(to, 'wx', 0o600);
  await made.close();
  // Not read-only: such a connection would leave its -wal and -shm behind.
  const database = new DatabaseSync(from);
  try {
    database.exec(`VACUUM main INTO '${to.replaceAll("'", "''")}'`);
  } finally {
    database.close();
  }
  giveUpLeases(to);
}

/** Removes a database with all that SQLite and we keep beside it; one that is not there is gone. */
export async function removeDatabase(file: string): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-stage']) await rm(file + suffix, { force: true });
}

/** Who works on the database does not work on its copy. */
function giveUpLeases(file: string): void {
  const copied = new DatabaseSync(file);
  try {
    // What was never opened to the end has no tables yet: they are made in the copy.
    if (copied.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'lease'").get() !== undefined) {
      copied.exec('DELETE FROM lease');
    }
  } finally {
    copied.close();
  }
}
