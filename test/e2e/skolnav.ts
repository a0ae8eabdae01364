import { execFile } from 'node:child_process';
import { join } from 'node:path';

const SKOLNAV = join(import.meta.dirname, '..', '..', 'scripts', 'skolnav.mjs');

export interface Said {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** The real command line, as `npx skolnav` starts it. */
export function skolnav(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Said> {
  const env = { ...process.env, SKOLNAV_USER: 'Kim', ...environment };
  return new Promise((resolve) => {
    execFile(process.execPath, [SKOLNAV, ...args], { env }, (error, out, err) => {
      resolve({ out, err, code: Number(error?.code ?? 0) });
    });
  });
}
