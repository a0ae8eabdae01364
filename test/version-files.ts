import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');

/**
 * A version's files below a folder, from the history of this repository; it runs with the packages
 * of today. Null where this clone has no such version.
 */
export async function filesOf(version: string, folder: string): Promise<string | null> {
  const to = join(folder, version);
  await mkdir(to);
  const tar = join(folder, `${version}.tar`);
  try {
    await run('git', ['-C', ROOT, 'archive', '--output', tar, version]);
  } catch {
    return null;
  }
  await run('tar', ['-xf', tar, '-C', to]);
  await symlink(join(ROOT, 'node_modules'), join(to, 'node_modules'));
  return to;
}
