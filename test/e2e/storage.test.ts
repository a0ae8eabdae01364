import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, cp, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { Failure } from '../../core/failure/failure.ts';
import { pending } from '../pending.ts';
import { backendOfTests } from '../services/cluster.ts';
import { skolnavIn } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const SKOLNAV = join(import.meta.dirname, '..', '..', 'scripts', 'skolnav.ts');
const PAGE = 4096;

/** The hub's own file cannot be used: a clear stop, nothing lost, and mended it goes on. */
describe('the database', () => {
  let world: World;
  let wanted: Readonly<Record<string, readonly string[]>>;
  const file = (one: World) => join(one.folder, 'data', 'hub', 'skolnav.db');

  /** A world after its first night, with the files of the second in place. */
  async function evening(): Promise<World> {
    const one = await World.open();
    await one.quicken();
    const register = join(one.folder, 'data', 'register');
    await publish(register, smallTown('ber-20260901', numbers(1, 12)));
    await one.sync();
    await publish(register, smallTown('ber-20260902', numbers(2, 30)));
    return one;
  }

  before(async function () {
    const isOnCluster = (await backendOfTests()) !== null;
    if (isOnCluster) pending(this, 'the file of one machine is spoilt: a cluster has none');
    const undisturbed = await evening();
    await undisturbed.sync();
    wanted = content(undisturbed);
    await undisturbed.close();
  });
  beforeEach(async () => {
    world = await evening();
  });
  afterEach(() => world.close());

  /** Mended, the next run ends as one that was never disturbed. */
  async function assertGoesOn(): Promise<void> {
    await world.sync();
    assert.deepEqual(content(world), wanted);
    for (const { counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
    assert.deepEqual(await world.withHub((hub) => hub.control.failures({ limit: 5 })), []);
  }

  it('on a full disk stops the sync wherever that is, and goes on when there is room', async () => {
    let stops = 0;
    for (let room = 0; ; room += 4) {
      const said = await restrained(
        (database) => `PRAGMA max_page_count = ${pagesOf(database) + room}`,
        () => stopOf(world),
      );
      if (said === null) break;
      stops += 1;
      assert.deepEqual([said.code, /full/.test(said.message)], ['STORE_UNUSABLE', true]);
      assert.match(said.hint, /room/);
    }
    assert.ok(stops > 1, `${stops} stops`);
    await assertGoesOn();
  });

  it('that takes no more from any transaction on stops the sync clearly, and goes on afterwards', async () => {
    let stops = 0;
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    for (let from = 1; ; from += 9) {
      const said = await refusingFrom(from, () => stopOf(world));
      if (said === null) break;
      stops += 1;
      assert.equal(said.code, 'STORE_UNUSABLE', `from transaction ${from} on`);
    }
    process.off('unhandledRejection', note);
    assert.deepEqual(unhandled, []);
    assert.ok(stops > 3, `${stops} stops`);
    await assertGoesOn();
  }).timeout(60_000);

  it('that hits a limit of the system on the size of files says so, with exit status 1', async () => {
    const { status, text } = await command(world, ['sync'], 'trap "" XFSZ; ulimit -f 64; ');
    assert.equal(status, 1, text);
    assert.match(text, /^STORE_UNUSABLE .*skolnav\.db: .*\n {2}.*space/m);
    assert.doesNotMatch(text, /^\s+at /m);
    await assertGoesOn();
  });

  it('that is locked by another program says so, and nothing is told to any target', async () => {
    const calls = [world.lms.calls(), world.identity.calls()];
    const other = new DatabaseSync(file(world));
    other.exec('BEGIN IMMEDIATE');
    const said = await restrained(
      () => 'PRAGMA busy_timeout = 50',
      () => stopOf(world),
    );
    other.close();
    assert.match(`${said?.code} ${said?.message} ${said?.hint}`, /STORE_UNUSABLE.*locked.*end it/s);
    assert.deepEqual([world.lms.calls(), world.identity.calls()], calls);
    await assertGoesOn();
  });

  for (const [what, path] of [
    ['that may not be written', (one: World) => file(one)],
    ['in a folder that may not be written', (one: World) => join(one.folder, 'data', 'hub')],
  ] as const) {
    it(`${what} (by any user but root) stops the command, and says whose permissions`, async function () {
      if (process.getuid?.() === 0) pending(this, 'root may write everything');
      await chmod(path(world), path(world).endsWith('.db') ? 0o400 : 0o500);
      const { status, text } = await command(world, ['sync']);
      await chmod(path(world), 0o700);
      assert.equal(status, 1);
      assert.match(text, /^STORE_UNUSABLE .*\n {2}Make the file and its folder writable/m);
      await assertGoesOn();
    });
  }

  const damages: readonly (readonly [string, (path: string) => Promise<unknown>])[] = [
    ['whose header was overwritten', (path) => overwrite(path, 0)],
    ['that is cut short', (path) => truncate(path, 10 * PAGE + 100)],
    ['that was emptied', (path) => truncate(path, 0)],
    ['that is something else', (path) => writeFile(path, 'this is a text\n'.repeat(1000))],
  ];
  for (const [what, damage] of damages) {
    it(`${what} stops the command; with a backup in its place all is as if nothing had been`, async () => {
      const path = file(world);
      const backup = `${path}.backup`;
      await cp(path, backup);
      await damage(path);
      const before = await world.picture();
      const looks = what.includes('header') ? [['plan'], ['runs']] : [];
      for (const words of [['sync'], ['sync', '--dry-run'], ...looks]) {
        const { code, out } = await skolnavIn(world, ...words);
        assert.equal(code, 1, out);
        assert.match(out, /^STORE_UNUSABLE .*\n {2}Keep the file, put the newest backup/m);
        assert.doesNotMatch(out, /^\s+at /m);
      }
      assert.deepEqual(await world.picture(), before);
      await cp(backup, path);
      await assertGoesOn();
    });
  }

  it('with any one page overwritten stops or does not need the page: no target loses anything', async () => {
    const path = file(world);
    const whole = await readFile(path);
    const register = join(world.folder, 'data', 'register');
    let stops = 0;
    for (let page = 1; page < whole.length / PAGE; page += 5) {
      await writeFile(path, whole);
      await overwrite(path, page * PAGE);
      // Who was there stays, and one comes: nothing may be deleted.
      await publish(register, smallTown('ber-20260902', numbers(1, 13)));
      const said = await stopOf(world);
      if (said !== null) assert.equal(said.code, 'STORE_UNUSABLE', `page ${page}`);
      stops += said === null ? 0 : 1;
      const living = [...world.lms.site.persons.values()].filter(({ inTrash }) => !inTrash);
      assert.ok(living.length >= 12, `page ${page}`);
      assert.ok(world.identity.directory.of('Users').size >= 12, `page ${page}`);
    }
    assert.ok(stops > 3, `${stops} stops`);
  }).timeout(60_000);
});

/** Sets something on every connection that is opened meanwhile. */
async function restrained<T>(
  pragma: (database: DatabaseSync) => string,
  work: () => Promise<T>,
): Promise<T> {
  const { exec } = DatabaseSync.prototype;
  const known = new WeakSet<DatabaseSync>();
  DatabaseSync.prototype.exec = function restrain(sql) {
    if (!known.has(this)) {
      known.add(this);
      exec.call(this, pragma(this));
    }
    return exec.call(this, sql);
  };
  try {
    return await work();
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
}

/** As a disk that fills up at the n-th transaction and stays full. */
async function refusingFrom<T>(from: number, work: () => Promise<T>): Promise<T> {
  const { exec } = DatabaseSync.prototype;
  let begun = 0;
  DatabaseSync.prototype.exec = function refuse(sql) {
    if (sql === 'BEGIN IMMEDIATE') begun += 1;
    if (sql === 'BEGIN IMMEDIATE' && begun >= from) {
      throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
    }
    return exec.call(this, sql);
  };
  try {
    return await work();
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
}

function pagesOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
}

interface Stop {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** The failure that a sync ends with, or that one of its runs tells; null if there is none. */
async function stopOf(world: World): Promise<Stop | null> {
  try {
    const { intakes, flows } = await world.sync();
    const problem = [...intakes, ...flows].find((run) => run.problem !== null)?.problem ?? null;
    return problem === null ? null : { ...problem, message: problem.text };
  } catch (failure) {
    if (failure instanceof Failure) return failure;
    throw failure;
  }
}

/** The command line in a process of its own, by way of a shell that prepares it. */
function command(world: World, words: readonly string[], prepare = '') {
  const run = `${prepare}exec "$0" "$@"`;
  const args = ['-c', run, process.execPath, SKOLNAV, '-C', world.folder, ...words];
  const env = { ...process.env, ...world.environment };
  const child = spawn('sh', args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text));
  }
  return new Promise<{ status: number | null; text: string }>((resolve) => {
    child.once('close', (status) => resolve({ status, text: said.join('') }));
  });
}

async function overwrite(path: string, at: number): Promise<void> {
  const handle = await open(path, 'r+');
  await handle.write(Buffer.alloc(PAGE, 0xa5), 0, PAGE, at);
  await handle.close();
}

/** What the targets hold, by names: ids are random in every world. */
function content({ lms: { site }, identity: { directory } }: World) {
  const living = [...site.persons.values()].filter(({ inTrash }) => !inTrash);
  return {
    persons: living.map((person) => JSON.stringify(person)).sort(),
    memberships: [...site.memberships.values()].map(({ role }) => role),
    users: [...directory.of('Users').values()].map(({ userName }) => String(userName)).sort(),
  };
}
