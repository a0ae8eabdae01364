import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SKOLNAV = join(import.meta.dirname, 'skolnav.mjs');

interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number;
}

/** As `npx skolnav` starts it. */
function skolnav(...args: readonly string[]): Promise<Ended> {
  return run(SKOLNAV, ...args);
}

function run(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, out, err) => {
      resolve({ out, err, code: Number(error?.code ?? 0) });
    });
  });
}

describe('skolnav', () => {
  it('says which version it is, and which Node runs it', async () => {
    const { out, code } = await skolnav('--version');
    assert.equal(code, 0);
    assert.match(out, /^\d+\.\d+\.\d+ \(Node \d+\.\d+\.\d+\)$/m);
  });

  it('ends its process with the code of the command, what went wrong on the other stream', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skolnav-real-'));
    try {
      const unknown = await skolnav('nonsense');
      assert.deepEqual([unknown.code, unknown.out], [2, '']);
      assert.match(unknown.err, /unknown command 'nonsense'/);
      const nowhere = await skolnav('-C', folder, 'runs');
      assert.deepEqual([nowhere.code, nowhere.out], [2, '']);
      assert.match(nowhere.err, /CONFIG_MISSING/);
      const tests = await skolnav('-C', join(SKOLNAV, '..', '..'), 'test');
      assert.deepEqual([tests.code, tests.err], [0, '']);
      assert.match(tests.out, /\d+ of \d+ passed/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a script of package.json', () => {
  it('is what its process runs, with its own arguments: the checks do nothing where it is not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skolnav-run-'));
    const script = join(folder, 'script.ts');
    try {
      await writeFile(
        script,
        'if (import.meta.main) console.log(process.argv.slice(2)); process.exitCode = 3;',
      );
      const { out, code } = await run(join(SKOLNAV, '..', 'run.mjs'), script, '--write');
      assert.deepEqual([out, code], ["[ '--write' ]\n", 3]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
