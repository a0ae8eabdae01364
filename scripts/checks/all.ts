import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { outliveReaders } from '../terminal/process-terminal.ts';

/** One check of the project: a program of node_modules/.bin, or a script for Node. */
export interface Check {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
}

/** Everything that can be said of the project without running it, fastest first. */
export const CHECKS: readonly Check[] = [
  { name: 'floors, doors, homes and style', command: ['node', 'scripts/checks/house.ts'] },
  { name: 'formatting and lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'shipped YAML', command: ['node', 'scripts/skolnav.ts', 'check', '--all'] },
  { name: 'generated documents', command: ['node', 'scripts/checks/generated-docs.ts'] },
];

/** Runs the checks one after another, all of them; the names of those that failed. */
export async function runChecks(checks: readonly Check[]): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { name, command } of checks) {
    const startedAt = performance.now();
    const { passed, output } = await runQuietly(command);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
    if (passed) continue;
    failed.push(name);
    console.log(output);
  }
  return failed;
}

function runQuietly([program, ...args]: Check['command']) {
  const root = join(import.meta.dirname, '..', '..');
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  }
  return new Promise<{ passed: boolean; output: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ passed: code === 0, output: chunks.join('') }));
  });
}

if (import.meta.main) {
  outliveReaders();
  process.exitCode = (await runChecks(CHECKS)).length === 0 ? 0 : 1;
}
