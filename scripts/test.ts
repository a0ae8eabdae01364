import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CHECKS, runChecks } from './checks/all.ts';

const ROOT = join(import.meta.dirname, '..');
const FIRST = ['test/e2e/[a-r]*.test.ts', 'test/cluster/*.test.ts'];
/** Two halves that take about as long as each other; whatever is in neither is in the second. */
const HALVES: readonly (readonly string[])[] = [
  ['--no-config', '--timeout', '60000', '--fail-zero', ...FIRST],
  FIRST.flatMap((pattern) => ['--ignore', pattern]),
];

interface Outcome {
  readonly status: number;
  readonly output: string;
}

/**
 * `npm test`: every check, the tests inside the mappings, all mocha suites; one verdict. The suites
 * run in two processes at once, and are told one after the other. With arguments: mocha with those.
 */
const args = process.argv.slice(2);
const failed = [
  ...(await runChecks([
    ...CHECKS,
    { name: 'tests inside the mappings', command: ['node', 'scripts/skolnav.ts', 'test'] },
  ])),
];
const halves = args.length > 0 ? [['--no-config', '--timeout', '60000', ...args]] : HALVES;
const running = halves.map((half, index) => runMocha(half, index === 0));
const outcomes: Outcome[] = [];
for (const one of running) {
  const outcome = await one;
  if (outcomes.length > 0) process.stdout.write(outcome.output);
  outcomes.push(outcome);
}
if (outcomes.some(({ status }) => status !== 0)) failed.push('mocha suites');
const pending = outcomes.reduce((sum, { output }) => sum + pendingIn(output), 0);
const left = pending === 0 ? '' : ` ${pending} tests were left out; the title of each says why.`;
console.log(failed.length === 0 ? `All is well.${left}` : `Failed: ${failed.join(', ')}.${left}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Tests that were left out, as mocha counts them at its end. */
function pendingIn(output: string): number {
  const counts = [...output.matchAll(/^ {2}(\d+) pending$/gm)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The first half is told as it goes, the other one when its turn has come. */
function runMocha(half: readonly string[], isTold: boolean): Promise<Outcome> {
  const child = spawn('mocha', [...half], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      chunks.push(text);
      if (isTold) process.stdout.write(text);
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ status: code ?? 1, output: chunks.join('') }));
  });
}
