import assert from 'node:assert/strict';
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pending } from '../pending.ts';
import { World } from './world.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SKOLNAV = join(ROOT, 'scripts', 'skolnav.mjs');
const OLD = olderNode();

/** A Node of this machine that is too old to run Skolnav itself; null where there is none. */
function olderNode(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const folder of folders.filter((one) => !one.includes('node_modules'))) {
    try {
      const node = join(folder, 'node');
      const version = execFileSync(node, ['--version'], { encoding: 'utf8' });
      if (/^v(\d+)/.exec(version)?.[1] !== undefined && Number(version.slice(1, 3)) < 24)
        return node;
    } catch {
      // There is no Node in this folder.
    }
  }
  return null;
}

describe('what a user starts', () => {
  let world: World;

  before(async () => {
    world = await World.open();
    await world.night(1, 20);
    await world.sync();
  });
  after(() => world.close());

  const start = (node: string, ...args: readonly string[]) =>
    spawn(node, [SKOLNAV, '-C', world.folder, ...args], {
      env: { ...process.env, ...world.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  /** Its output is open as long as any process of it lives. */
  async function endsWith(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
    const closed = once(child, 'close');
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk) => String(chunk).includes('Waiting.') && resolve());
    });
    child.kill(signal);
    return (await closed)[0];
  }

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    it(`ends with all of its processes on ${signal}`, async () => {
      assert.equal(await endsWith(start(process.execPath, 'serve'), signal), 0);
    });
  }

  it('ends so, too, where an older Node hands over', async function () {
    if (OLD === null) return pending(this, 'no Node older than 24 on the PATH');
    const child = start(OLD, 'serve');
    assert.equal(await endsWith(child, 'SIGTERM'), 0);
  });

  it('ends so, too, where npx or npm started it: their shell passes no signal on', async () => {
    // Two commands, or the shell would become the first.
    const line = `"${process.execPath}" "${SKOLNAV}" -C "${world.folder}" serve; true`;
    const env = { ...process.env, ...world.environment, npm_command: 'exec' };
    const shell = spawn('sh', ['-c', line], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    assert.equal(await endsWith(shell, 'SIGTERM'), null);
  });

  it('ends quietly where nobody reads on, whatever it still has to say', async () => {
    for (const command of ['plan', 'runs', 'failed']) {
      const child = start(process.execPath, command);
      child.stdout.destroy();
      const said: string[] = [];
      child.stderr.on('data', (chunk) => said.push(String(chunk)));
      const [code] = await once(child, 'close');
      assert.equal(code, 0, said.join(''));
      assert.doesNotMatch(said.join(''), /EPIPE|at .*\.(ts|js)/);
    }
  });

  it('does its work where the log takes nothing, and says so once', async () => {
    const log = join(world.folder, 'data', 'logs', 'skolnav.log');
    await rm(log, { force: true });
    await mkdir(log, { recursive: true });
    const child = start(process.execPath, 'sync', '--flow', 'identity');
    const said: string[] = [];
    child.stderr.on('data', (chunk) => said.push(String(chunk)));
    const told: string[] = [];
    child.stdout.on('data', (chunk) => told.push(String(chunk)));
    const [code] = await once(child, 'close');
    await rm(log, { recursive: true });
    assert.equal(code, 0, said.join(''));
    assert.match(told.join(''), /^identity +done/m);
    const lines = said
      .join('')
      .split('\n')
      .filter((line) => line.startsWith(log));
    assert.deepEqual(lines, [
      `${log} cannot be written, and the work goes on without it: it is a folder`,
    ]);
  });

  it('makes no folder of a misspelt name', async () => {
    const folder = join(world.folder, 'no-such');
    for (const args of [['runs'], ['scaffold', 'connector', 'absence'], ['sync']]) {
      const child = spawn(process.execPath, [SKOLNAV, '-C', folder, ...args]);
      assert.deepEqual((await once(child, 'close'))[0], 2);
    }
    await assert.rejects(cp(folder, `${folder}-2`, { recursive: true }), /ENOENT/);
  });
});

describe('the launcher without what is for development', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-launcher-'));
    await mkdir(join(folder, 'scripts'));
    await cp(join(ROOT, 'scripts', 'run.mjs'), join(folder, 'scripts', 'run.mjs'));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'package-lock.json'), '{}');
    await mkdir(join(folder, 'node_modules'));
    await writeFile(join(folder, 'node_modules', '.package-lock.json'), '{}');
    const script = 'const said: string = process.argv.slice(2).join();\nconsole.log(said);\n';
    await writeFile(join(folder, 'scripts', 'script.ts'), script);
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = (node: string) =>
    new Promise<{ code: number; out: string; err: string }>((resolve) => {
      const script = join(folder, 'scripts', 'script.ts');
      const args = [join(folder, 'scripts', 'run.mjs'), script, 'a', 'b'];
      execFile(node, args, (error, out, err) => {
        resolve({ code: Number(error?.code ?? 0), out, err });
      });
    });

  it('runs on the Node that is there, if that is new enough', async () => {
    assert.deepEqual(await run(process.execPath), { code: 0, out: 'a,b\n', err: '' });
  });

  it('leaves alone what a link of node_modules leads to, where it must install', async () => {
    const theirs = join(folder, 'theirs');
    await mkdir(theirs);
    await writeFile(join(theirs, 'theirs.js'), '');
    await rm(join(folder, 'node_modules'), { recursive: true });
    await symlink(theirs, join(folder, 'node_modules'));
    const lock = { name: 'launcher', lockfileVersion: 3, packages: { '': {} } };
    await writeFile(join(folder, 'package-lock.json'), JSON.stringify(lock));
    assert.equal((await run(process.execPath)).out, 'a,b\n');
    assert.deepEqual(await readdir(theirs), ['theirs.js']);
  });

  it('says in one line what is missing, on an older Node', async function () {
    if (OLD === null) return pending(this, 'no Node older than 24 on the PATH');
    const { code, err } = await run(OLD);
    assert.equal(code, 1);
    assert.match(err, /^Skolnav needs Node 24 or newer \(this is [\d.]+\); .*\n$/);
  });
});
