import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { CHECKS, runChecks } from './checks/all.ts';

const ROOT = join(import.meta.dirname, '..');

interface Outcome {
  readonly status: number;
  readonly output: string;
}

/**
 * `npm test`: every check, the tests inside the mappings, all mocha suites; one verdict. As many files
 * are under way as there are processors, and one more, since some wait for servers. With arguments:
 * mocha with those, one after the other.
 */
const args = process.argv.slice(2);
const failed = [
  ...(await runChecks([
    ...CHECKS,
    { name: 'tests inside the mappings', command: ['node', 'scripts/skolnav.ts', 'test'] },
  ])),
];
const all = ['--parallel', '--jobs', String(availableParallelism() + 1)];
const some = ['--no-config', '--timeout', '60000', ...args];
const { status, output } = await runMocha(args.length > 0 ? some : all);
// In parallel, mocha fails for a file without a test, and does not say so.
const why = /^ {2}\d+ failing$/m.test(output)
  ? ''
  : `, of which none failed: is one without a test?`;
if (status !== 0) failed.push(`mocha suites${why}`);
const pending = Number(/^ {2}(\d+) pending$/m.exec(output)?.[1] ?? 0);
const left = pending === 0 ? '' : ` ${pending} tests were left out; the title of each says why.`;
console.log(failed.length === 0 ? `All is well.${left}` : `Failed: ${failed.join(', ')}.${left}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Tells what mocha says as it goes. */
function runMocha(mochaArgs: readonly string[]): Promise<Outcome> {
  const child = spawn('mocha', [...mochaArgs], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      chunks.push(text);
      process.stdout.write(text);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ status: code ?? 1, output: chunks.join('') }));
  });
}
