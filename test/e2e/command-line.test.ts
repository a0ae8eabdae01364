import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../core/control/control-bus.ts';
import { skolnav } from './skolnav.ts';
import { World } from './world.ts';

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

  it('says first, and in the words of findings, what would keep a plan from being told', async () => {
    const without = (...args: readonly string[]) =>
      skolnav(['-C', world.folder, ...args], { ...world.environment, SECRET: '' });
    const found = (await without('findings')).out;
    const identity = /^SECRET_MISSING {2}flow identity\n.*\n.*\n/m.exec(found)?.[0] ?? 'nothing';
    for (const args of [['plan'], ['sync', '--dry-run']]) {
      const { out, code } = await without(...args);
      assert.equal(code, 3, out);
      assert.ok(out.includes(identity), out);
      assert.ok(out.indexOf(identity) < out.indexOf('Flow collaboration'), out);
      assert.match(out, /Flow identity[\s\S]*Nothing of this is told as things are/);
    }
    const { flows } = JSON.parse((await without('plan', '--flow', 'lms', '--json')).out);
    assert.deepEqual(
      flows[0].stops.map(({ code, outcome }: Record<string, string>) => [code, outcome]),
      [['SECRET_MISSING', 'held']],
    );
    assert.equal((await run('plan')).code, 0);
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
    assert.equal((await run('failed', 'show', 'none')).code, 2);
    const { message, waiting } = JSON.parse(
      (await run('failed', 'show', first.id, '--values')).out,
    );
    assert.deepEqual([message.id, waiting], [first.id, []]);
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

  it('says what is over, and takes a group off the list and back', async () => {
    const { groups } = JSON.parse((await run('failed', '--json')).out);
    const [{ target, code, objectKind: kind, count }] = groups;
    const group = ['--target', target, '--code', code, '--kind', kind];
    const taken = await run('failed', 'discard', ...group, '--reason', 'a trial');
    assert.equal(taken.out, `${count} of the group discarded.\n`);
    const back = await run('failed', 'restore', ...group);
    assert.equal(back.out, `${count} of the group are on the list again.\n`);
    assert.equal((await run('failed', 'discard', '--reason', 'x')).code, 2);
    assert.equal((await run('failed', 'retry', ...group.slice(0, 4), '--pause')).code, 1);
  });

  it('says whom failures concern, and who sees to them', async () => {
    const { groups } = JSON.parse((await run('failed', '--json')).out);
    const [{ target, code }] = groups;
    const impact = await run('failed', 'impact', '--target', target);
    assert.match(impact.out, new RegExp(`^school unit .*\\n.*${target} +[A-Z_]+ `));
    const { units } = JSON.parse((await run('failed', 'impact', '--json')).out);
    const sum = units.reduce((total: number, one: { count: number }) => total + one.count, 0);
    const all = groups.reduce((total: number, one: { count: number }) => total + one.count, 0);
    assert.equal(sum, all);
    const group = ['--target', target, '--code', code];
    await run('failed', 'note', ...group, '--owner', 'Robin', '--note', 'the sender is asked');
    const note = await run('failed', 'note', ...group);
    assert.match(note.out, /Robin sees to it: the sender is asked/);
  });

  it('names the table that lacks a row, and what that row would change', async () => {
    const { messages } = JSON.parse((await run('failed', '--json', '--limit', '500')).out);
    const unmapped = messages.filter(({ problem }: Message) => problem?.code === 'CODE_UNMAPPED');
    const told = await run('failed', 'row', unmapped[0].id);
    assert.match(told.out, /^mappings\/\S+\.csv lacks a row for/, told.err);
    const tried = await run('failed', 'row', unmapped[0].id, 'new', 'unheard-of');
    assert.match(tried.out + tried.err, /Nothing is written|CONFIG_INVALID/);
    const [other] = messages.filter(({ problem }: Message) => problem?.code !== 'CODE_UNMAPPED');
    assert.equal((await run('failed', 'row', other.id)).code, 1);
  });

  it('tells how the night went, and what stands between which modules', async () => {
    const { out } = await run('overview');
    assert.match(out, /^identity +\w+ +\d{4}-\d\d-\d\d .* +\d+ +\d+ +\d+/m);
    assert.match(out, /^register +done +\d{4}/m);
    const flows = await run('flows');
    assert.match(flows.out, /^identity +register +identity:scim +/m);
    const user = await run('flows', '--mapping', 'mappings/scim/user.yaml');
    assert.match(user.out, /^userName +eduPersonPrincipalNames/m);
    assert.equal((await run('flows', '--mapping', 'none.yaml')).code, 2);
  });

  it('tells the last runs', async () => {
    const { out } = await run('runs');
    assert.match(out, /\d{8}T\d{6}-\w+ .* \d+\.\d s +intake +register +done/);
    const runs = JSON.parse((await run('runs', '--json')).out);
    assert.ok(runs.length >= 5);
  });

  it('has nothing in hold', async () => {
    assert.match((await run('hold')).out, /Nothing waits for a person/);
    assert.equal((await run('hold', 'approve', 'none', '--reason', 'x')).code, 2);
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
    assert.match((await run('failed', '--code', 'SOURCE_CUT')).out, /^Nothing of that target/);
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
    await writeFile(file, good.replace(/^data: .*\n/m, '').concat('\ndata: config/hub.yaml\n'));
    assert.match((await run('check')).out, /data: .*hub\.yaml is a file, and no folder/);
    assert.equal((await run('check', '--json')).code, 1);
    assert.equal((await run('check', '--json', '--connect')).code, 2);
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
