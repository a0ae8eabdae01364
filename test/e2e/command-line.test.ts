import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Said, skolnav } from './skolnav.ts';
import { World } from './world.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('the command line', () => {
  let world: World;
  const run = (...args: readonly string[]) =>
    skolnav(['-C', world.folder, ...args], world.environment);

  before(async () => {
    world = await World.open();
    await world.night(1, 100, true);
  });
  after(() => world.close());

  it('plans nothing, and says why, before anything was read', async () => {
    const { out, code } = await run('plan');
    assert.equal(code, 0);
    assert.match(out, /Nothing has been read yet/);
  });

  it('names the secrets that are not set here, and finds no fault in that', async () => {
    const { out, code } = await skolnav(['-C', world.folder, 'check'], {
      ...world.environment,
      SECRET: '',
    });
    assert.equal(code, 0);
    assert.match(
      out,
      /^No faults\.\nBefore it can run here: the environment variable SECRET is not set\.$/m,
    );
    assert.doesNotMatch((await run('check')).out, /Before/);
  });

  it('reads the sources and shows the plans without telling anybody, with sync --dry-run', async () => {
    const { out, code } = await run('sync', '--dry-run');
    assert.equal(code, 0, out);
    assert.match(out, /Plan: \d+ to create, 0 to update, 0 to delete/);
    assert.equal(world.lms.calls() + world.identity.calls(), 0);
    assert.deepEqual(await readdir(join(world.folder, 'data', 'collaboration')), []);
  });

  it('plans in numbers for machines, and field by field for people, values masked', async () => {
    const signal = new AbortController().signal;
    const plain = { flow: null, onProgress: () => undefined, signal, patienceMs: 0 };
    await world.withHub(({ control }) => control.sync({ ...plain, deliver: false }));
    const { out, code } = await run('plan', '--json');
    assert.equal(code, 0);
    const { counts, flows } = JSON.parse(out);
    assert.ok(counts.create > 500);
    assert.deepEqual([counts.update, counts.delete], [0, 0]);
    assert.deepEqual(
      flows.map(({ flow }: { flow: string }) => flow),
      ['collaboration', 'identity', 'lms'],
    );
    const told = await run('plan', '--flow', 'identity', '--details', '300');
    assert.match(told.out, /\+ User [0-9a-f-]{36}\n {6}externalId = ‹36 characters›/);
    assert.doesNotMatch(told.out, /@/);
    const revealed = await run('plan', '--flow', 'identity', '--reveal');
    assert.match(revealed.out, /@/);
    const trail = await world.withHub((hub) => hub.control.auditTrail(5));
    assert.deepEqual(
      trail.map(({ who, action, subject }) => [who, action, subject]),
      [['Kim', 'plan --reveal', 'identity']],
    );
  });

  it('names the secret that is not set, and delivers what needs none', async () => {
    const { code, out, err } = await skolnav(['-C', world.folder, 'sync'], {
      ...world.environment,
      SECRET: '',
    });
    assert.notEqual(code, 0);
    assert.match(out + err, /collaboration +done/);
    assert.match(out + err, /SECRET_MISSING .*SECRET/);
  });

  it('delivers with sync, one flow or all, and tells it in lines where there is no terminal', async () => {
    const one = await run('sync', '--flow', 'identity', '--json');
    assert.equal(one.code, 0, one.err);
    assert.equal(JSON.parse(one.out).flows.length, 1);
    assert.doesNotMatch(one.err, /\r/);
    const { out, code } = await run('sync');
    assert.equal(code, 0);
    assert.match(out, /collaboration +done/);
  });

  it('lists what failed, shows one, retries it, discards it', async () => {
    const list = JSON.parse((await run('failed', 'list', '--json')).out);
    const { length } = list.messages;
    assert.ok(length > 40, 'one of each kind of fault');
    const [first] = list.messages;
    const shown = await run('failed', 'show', first.id);
    assert.match(shown.out, new RegExp(first.problem.code));
    assert.match(shown.out, /ber-20260901/);
    assert.equal((await run('failed', 'show', 'none')).code, 1);
    assert.equal((await run('failed', 'discard', first.id, '--reason', 'a test person')).code, 0);
    const left = JSON.parse((await run('failed', 'list', '--json')).out);
    assert.equal(left.messages.length, length - 1);
    const trail = await world.withHub((hub) => hub.control.auditTrail(1));
    assert.equal(trail[0]?.reason, 'a test person');
    const discarded = await run('failed', 'discarded');
    assert.match(discarded.out, new RegExp(`Kim +failed discard +${first.id} register`));
    const asked = async (...args: readonly string[]) => (await run('audit', ...args)).out;
    assert.match(await asked('--action', 'failed discard'), /a test person/);
    assert.match(await asked('--who', 'Alex'), /^Nothing of that/);
    assert.equal((await run('audit', '--since', '2026-13-45')).code, 2);
  });

  it('tells the last runs', async () => {
    const { out } = await run('runs');
    assert.match(out, /\d{8}T\d{6}-\w+ .* \d+\.\d s +intake +register +done/);
    const runs = JSON.parse((await run('runs', '--json')).out);
    assert.ok(runs.length >= 5);
  });

  it('has nothing in hold', async () => {
    assert.match((await run('hold')).out, /Nothing waits for a person/);
    assert.equal((await run('hold', 'approve', 'none', '--reason', 'x')).code, 1);
  });

  it('tells a number that is none, and a flow or kind that is not there, with what was meant', async () => {
    const limit = await run('runs', '--limit', 'many');
    assert.deepEqual([limit.code, /whole number/.test(limit.err)], [2, true], limit.err);
    for (const args of [['plan', '--flow'], ['sync', '--flow'], ['drift'], ['adopt']]) {
      const { code, err } = await run(...args, 'identiti');
      assert.deepEqual([code, err], [2, 'no flow "identiti". Did you mean "identity"?\n']);
    }
    const kind = await run('explain', 'identity', 'Usr', 'x');
    assert.match(kind.err, /no kind of object "Usr". Did you mean "User"/);
    assert.match((await run('failed', '--code', 'NONE')).out, /^Nothing of that target and code/);
  });

  it('answers a wrong command with usage and code 2, a faulty workspace with all its faults', async () => {
    assert.equal((await run('sync', '--flow', 'none')).code, 2);
    assert.equal((await run('nonsense')).code, 2);
    assert.equal((await run('plan', '--nonsense')).code, 2);
    const file = join(world.folder, 'config', 'hub.yaml');
    const good = await readFile(file, 'utf8');
    await writeFile(file, good.replace('connector: scim', 'connector: scom'));
    const check = await run('check');
    assert.equal(check.code, 1);
    assert.match(check.out, /config\/hub\.yaml:\d+:\d+ CONFIG_CONNECTOR_UNKNOWN/);
    const plan = await run('plan');
    assert.equal(plan.code, 2);
    assert.match(plan.err, /CONFIG_CONNECTOR_UNKNOWN/);
    await writeFile(file, good);
    assert.equal((await run('check')).code, 0);
  });

  it('runs the tests inside the mappings, and lists the connectors', async () => {
    assert.match((await run('test')).out, /\d+ of \d+ passed/);
    const { out } = await run('connectors', '--json');
    const names = JSON.parse(out).map(({ name }: { name: string }) => name);
    assert.ok(names.includes('scim') && names.includes('files'));
  });
});

describe('the command line, without a workspace', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-cli-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('makes one that has no faults, and does not touch one that is there', async () => {
    const made = await skolnav(['init', join(folder, 'city')]);
    assert.equal(made.code, 0, made.err);
    assert.equal((await skolnav(['-C', join(folder, 'city'), 'check'])).code, 0);
    assert.equal((await skolnav(['init', join(folder, 'city')])).code, 2);
  });

  it('generates a city', async () => {
    const out = join(folder, 'register');
    const { code } = await skolnav([
      'generate',
      '--pupils',
      '50',
      '--seed',
      's',
      '--out',
      out,
      '--nights',
      '2',
    ]);
    assert.equal(code, 0);
    const names = await readdir(out);
    assert.ok(names.includes('ber-20260901.done') && names.includes('ber-20260902.done'));
  });

  it('lists faults and situations, stages one, and says what another party must do', async () => {
    const faults = await skolnav(['generate', '--faults', 'list']);
    assert.match(faults.out, /tenfold .*GUARD_LIMIT/);
    const situations = await skolnav(['generate', '--situation', 'list']);
    assert.match(situations.out, /7\.8 +custody +2 /);
    const out = join(folder, 'staged');
    const stage = (...args: readonly string[]) =>
      skolnav(['generate', '--pupils', '200', '--out', out, ...args]);
    const staged = await stage('--situation', '7.8,move');
    assert.match(staged.out, /night 1 of 2.*--night 2.*loses +\w{8}-/s);
    const byHand = await stage('--situation', '7.31');
    assert.equal(byHand.code, 2);
    assert.match(byHand.err, /skolnav drift/);
    const unknown = await stage('--situation', 'custdy');
    assert.deepEqual([unknown.code, /custody/.test(unknown.err)], [2, true]);
    const alone = await stage('--faults', 'truncated');
    assert.deepEqual([alone.code, /--nights 2/.test(alone.err)], [2, true]);
  });

  it('says that there is no workspace', async () => {
    const { code, err } = await skolnav(['-C', folder, 'plan']);
    assert.equal(code, 2);
    assert.match(err, /CONFIG_MISSING/);
    assert.match(err, /skolnav init/);
  });
});

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
