// Plain JavaScript for whatever Node is on the machine (20 or newer): installs what is missing, then
// hands over to the pinned Node of node_modules. `node scripts/run.mjs <script.ts> [arguments]`
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const installed = join(modules, '.package-lock.json');
const lock = join(root, 'package-lock.json');

function isOlder(file, other) {
  return statSync(file).mtimeMs < statSync(other).mtimeMs;
}

if (!existsSync(installed) || isOlder(installed, lock)) {
  console.error('Installing what Skolnav needs (npm ci) ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

const bin = join(modules, '.bin');
const { status, signal } = spawnSync(join(bin, 'node'), process.argv.slice(2), {
  cwd: process.cwd(),
  stdio: 'inherit',
  env: { ...process.env, PATH: bin + delimiter + (process.env.PATH ?? '') },
});
process.exit(signal === null ? (status ?? 1) : 130);
