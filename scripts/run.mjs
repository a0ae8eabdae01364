// Plain JavaScript for whatever Node is on the machine: installs what is missing, then runs a script
// of Skolnav, in this process where Node is new enough and in the pinned Node of node_modules where
// it is not. `node scripts/run.mjs <script.ts> [arguments]`
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, statSync, unlinkSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The first Node that runs TypeScript and has what Skolnav uses. */
const NEW_ENOUGH = 24;
/** How often it is looked whether whoever started this is still there. */
const PARENT_MS = 500;

const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const installed = join(modules, '.package-lock.json');
const lock = join(root, 'package-lock.json');
const bin = join(modules, '.bin');
// Beside what it is made from: in a folder that everybody may write to, so is what is run.
const cache = join(modules, '.cache', 'skolnav');

function isOlder(file, other) {
  return statSync(file).mtimeMs < statSync(other).mtimeMs;
}

if (!existsSync(installed) || isOlder(installed, lock)) {
  // npm ci would empty what a link leads to, and that is another checkout's: the link goes.
  if (lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink()) unlinkSync(modules);
  console.error('Installing what Skolnav needs (npm ci) ...');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

// `npx` and `npm start` put a shell between, which ends at a signal and does not pass it on.
if (process.env.npm_command !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_MS);
  watch.unref();
}

process.env.PATH = bin + delimiter + (process.env.PATH ?? '');
const pinned = join(bin, process.platform === 'win32' ? 'node.cmd' : 'node');
if (Number.parseInt(process.versions.node, 10) >= NEW_ENOUGH) {
  module.enableCompileCache?.(cache);
  process.argv.splice(1, 1);
  process.argv[1] = resolve(process.argv[1]);
  module.runMain();
} else if (existsSync(pinned)) handOver();
else {
  const here = `this is ${process.versions.node}`;
  console.error(`Skolnav needs Node ${NEW_ENOUGH} or newer (${here}); or \`npm ci\` brings one.`);
  process.exit(1);
}

/** What ends this process ends the other, too. */
function handOver() {
  const env = { ...process.env, NODE_COMPILE_CACHE: cache };
  const child = spawn(pinned, process.argv.slice(2), { stdio: 'inherit', env });
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) {
    // A terminal's Ctrl-C goes to both of them, and a second one would not be clean.
    process.on(signal, () =>
      signal === 'SIGINT' && process.stdin.isTTY ? null : child.kill(signal),
    );
  }
  child.on('exit', (code, signal) => {
    process.exit(signal === null ? code : 128 + constants.signals[signal]);
  });
}
