import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Said, skolnav } from './skolnav.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('npm start', () => {
  it('shows a night with three targets, then an empty second plan, as the README says', async () => {
    const demo = await mkdtemp(join(tmpdir(), 'skolnav-demo-'));
    const start = (): Promise<Said> =>
      new Promise((resolve) => {
        const args = [
          join(ROOT, 'scripts', 'run.mjs'),
          join(ROOT, 'scripts', 'start.ts'),
          '--once',
        ];
        const env = { ...process.env, SKOLNAV_DEMO: demo, SKOLNAV_DEMO_PUPILS: '300' };
        execFile(process.execPath, args, { env }, (error, out, err) => {
          resolve({ out, err, code: Number(error?.code ?? 0) });
        });
      });
    try {
      const first = await start();
      assert.equal(first.code, 0, first.out + first.err);
      assert.match(first.out, /(\d+) of \1 planted faults/);
      assert.match(first.out, /Planned again: nothing to do/);
      for (const flow of ['collaboration', 'identity', 'lms']) {
        assert.match(first.out, new RegExp(`${flow} +done +[1-9]\\d{2,}`));
      }
      for (const command of [...(await operatingCommands()), ...(await readmeCommands())]) {
        const args = command.map((one) =>
          one === 'my-city' ? join(demo, 'my-city') : one.replace(/^data\/demo/, demo),
        );
        // Another city's own systems are not there, and serve stays up: that they exist must do.
        const isDemo = args[1] === demo;
        const needsSystems =
          (!isDemo && command.includes('sync')) || /serve|move/.test(command.join(' '));
        const { code, err } = await skolnav(needsSystems ? [...args, '--help'] : args);
        // The planted faults are findings; no mail is set up.
        const expected = command.includes('--test-mail') ? 2 : command.includes('findings') ? 1 : 0;
        assert.equal(code, expected, `${command.join(' ')}: ${err}`);
      }
      await lifeGoesOn(demo);
      const second = await start();
      assert.equal(second.code, 0, second.out + second.err);
      for (const flow of ['collaboration', 'identity', 'lms']) {
        assert.match(second.out, new RegExp(`${flow} +done +0 +0`));
      }
    } finally {
      await rm(demo, { recursive: true, force: true });
    }
  }).timeout(180_000);
});

/** What happens in life, in the demonstration's own city; what somebody has changed there stays. */
async function lifeGoesOn(demo: string): Promise<void> {
  const config = join(demo, 'config', 'hub.yaml');
  await writeFile(config, `${await readFile(config, 'utf8')}# changed by hand\n`);
  const out = join(demo, 'register');
  const staged = await skolnav(['generate', '--out', out, '--situation', 'name', '--night', '2']);
  assert.equal(staged.code, 0, staged.err);
  const synced = await skolnav(['-C', demo, 'sync']);
  assert.equal(synced.code, 0, synced.out + synced.err);
  assert.match(synced.out, /identity +done +1 +1 /);
  assert.match(await readFile(config, 'utf8'), /changed by hand/);
}

/** The arguments of every `npx skolnav` in the README. */
async function readmeCommands(): Promise<readonly (readonly string[])[]> {
  const text = await readFile(join(ROOT, 'README.md'), 'utf8');
  const lines = [...text.matchAll(/^npx skolnav ([^#\n]*)/gm)];
  assert.ok(lines.length > 6);
  return lines.map(([, line = '']) => line.trim().split(/\s+/));
}

/** What docs/operating.md says without anything to be filled in, asked of the demonstration. */
async function operatingCommands(): Promise<readonly (readonly string[])[]> {
  const text = await readFile(join(ROOT, 'docs', 'operating.md'), 'utf8');
  const lines = new Set([...text.matchAll(/`skolnav ([a-z -]+)`/g)].map(([, line = '']) => line));
  assert.ok(lines.size > 6);
  return [...lines].map((line) => ['-C', 'data/demo', ...line.split(' ')]);
}
