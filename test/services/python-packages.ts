import { execFile } from 'node:child_process';
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache');

/** Where packages of Python lie that are installed together, e.g. `scim2-server==0.8.3`. */
export function folderOf(packages: readonly string[]): string {
  return join(CACHE, packages.join('-').replaceAll('==', '-'));
}

/** Installs them once, into a folder of their own; false where something stands in the way. */
export async function installPython(
  packages: readonly string[],
  flags: readonly string[] = [],
): Promise<boolean> {
  const folder = folderOf(packages);
  if (await isThere(folder)) return true;
  await mkdir(CACHE, { recursive: true });
  const part = await mkdtemp(join(CACHE, 'part-'));
  const options = ['--quiet', ...flags, '--target', part];
  try {
    await run('python3', ['-m', 'pip', 'install', ...options, ...packages], { timeout: 60_000 });
    // Where another process was faster, its folder is as good.
    await rename(part, folder).catch(() => access(folder));
    return true;
  } catch {
    return false;
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

function isThere(folder: string): Promise<boolean> {
  return access(folder).then(
    () => true,
    () => false,
  );
}
