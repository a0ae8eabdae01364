import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { World } from './world.ts';

const SKOLNAV = join(import.meta.dirname, '..', '..', 'scripts', 'skolnav.ts');

/** The real command line in a world: what it prints, and its exit code. */
export function skolnav(
  world: World,
  ...args: readonly string[]
): Promise<{ readonly out: string; readonly code: number }> {
  const env = { ...process.env, ...world.environment, SKOLNAV_USER: 'Kim' };
  const command = [SKOLNAV, '-C', world.folder, ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, stdout, stderr) => {
      resolve({ out: stdout + stderr, code: Number(error?.code ?? 0) });
    });
  });
}
