import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ServiceMissing } from '../services.ts';

const HERE = join(import.meta.dirname, '..', '..');
const run = promisify(execFile);

/** The program as it was at a commit of this repository. */
export interface VersionBefore {
  /** Its command line. */
  readonly skolnav: string;
  remove(): Promise<void>;
}

/** Unpacks it from git; it runs with the packages of today. */
export async function unpackVersion(commit: string): Promise<VersionBefore | ServiceMissing> {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-before-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const [archive, program] = [join(folder, 'program.tar'), join(folder, 'program')];
  try {
    await run('git', ['archive', '--output', archive, commit], { cwd: HERE });
  } catch {
    await remove();
    return { missing: `git has no commit ${commit} here: fetch the whole history` };
  }
  await mkdir(program);
  await run('tar', ['-x', '-f', archive, '-C', program]);
  await symlink(join(HERE, 'node_modules'), join(program, 'node_modules'));
  return { skolnav: join(program, 'scripts', 'skolnav.ts'), remove };
}
