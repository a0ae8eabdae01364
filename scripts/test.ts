import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CHECKS, runChecks } from './checks/all.ts';

/** `npm test`: every check, the tests inside the mappings, all mocha suites; one verdict. */
const failed = [
  ...(await runChecks([
    ...CHECKS,
    { name: 'tests inside the mappings', command: ['node', 'scripts/skolnav.ts', 'test'] },
  ])),
];
const root = join(import.meta.dirname, '..');
const { status } = spawnSync('mocha', process.argv.slice(2), { cwd: root, stdio: 'inherit' });
if (status !== 0) failed.push('mocha suites');
console.log(failed.length === 0 ? 'All is well.' : `Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;
