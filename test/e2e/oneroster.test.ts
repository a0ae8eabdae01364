import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Papa from 'papaparse';
import { type OneRosterSimulator, startOneRoster } from '../../connectors/oneroster/simulator.ts';
import type { JsonObject } from '../../core/message/message.ts';
import { runOf, World } from './world.ts';

type Row = Readonly<Record<string, string>>;

const FILES = '  lms: { connector: oneroster-csv, options: { files: { folder: data/lms } } }';
const OPTIONS = `{ url: "\${env:ROSTER_URL}", token: "\${env:TOKEN}", requestsPerSecond: 1000 }`;
const REGISTER = `  register: { connector: oneroster, options: ${OPTIONS} }`;

/** The same provider, asked for what pupils have reached. */
const GRADEBOOK = `  gradebook: { connector: oneroster, mappings: oneroster-gradebook, options: ${OPTIONS.replace('{', '{ lists: [lineItems, results],')} }`;

describe('a register that is read by OneRoster', () => {
  let files: World;
  let world: World;
  let provider: OneRosterSimulator;

  before(async () => {
    files = await open();
    await files.night(1, 120);
    await files.sync('lms');
    provider = await startOneRoster();
    for (const [name, objects] of Object.entries(await offered(files))) {
      provider.lists.set(name, objects);
    }
    world = await open();
    world.now = files.now;
    Object.assign(world.environment, { ROSTER_URL: provider.url, TOKEN: 'right' });
    await world.reconfigure(await world.binding('register'), REGISTER);
  });
  after(async () => {
    await Promise.all([files.close(), world.close(), provider.stop()]);
  });

  it('gives a learning platform the classes, pupils and teachers that the provider has', async () => {
    const intake = runOf(await world.sync('lms'), 'register');
    assert.deepEqual([intake.outcome, intake.counts['quarantined']], ['done', 0]);
    const pairs = async (from: World) => {
      const named = new Map((await rows(from, 'users')).map((row) => [row['sourcedId'], row]));
      const classes = new Map((await rows(from, 'classes')).map((row) => [row['sourcedId'], row]));
      const told = (await rows(from, 'enrollments')).map((row) => {
        const user = named.get(row['userSourcedId'])?.['username'];
        return `${classes.get(row['classSourcedId'])?.['title']} ${user} ${row['role']}`;
      });
      return told.sort();
    };
    const expected = await pairs(files);
    assert.ok(expected.length > 120);
    assert.deepEqual(await pairs(world), expected);
  });

  it('is read to no change a second time', async () => {
    await world.sync('lms');
    const [plan] = await world.plan('lms');
    assert.deepEqual(plan?.counts, { create: 0, update: 0, delete: 0 });
  });

  it('gives the results of its gradebook, each of the pupil and the class that it told of', async () => {
    const pupils = provider.lists.get('enrollments')?.filter(({ role }) => role === 'student');
    const [taught] = pupils ?? [];
    assert.ok(taught !== undefined);
    const results = ['r1', 'r2'].map((sourcedId) => ({
      ...{ sourcedId, status: 'active', lineItem: to('l1'), student: taught['user'] ?? null },
      ...{ scoreStatus: sourcedId === 'r1' ? 'fully graded' : 'lost', score: 17 },
      ...{ scoreDate: '2026-08-31', comment: 'has been ill' },
    }));
    const item = {
      sourcedId: 'l1',
      status: 'active',
      title: 'Bråk',
      class: taught['class'] ?? null,
    };
    provider.lists.set('lineItems', [item]);
    provider.lists.set('results', results);
    await world.reconfigure('modules:\n', `modules:\n${GRADEBOOK}\n`);
    await world.quicken();
    const file = join(world.folder, 'flows/lms.yaml');
    const flow = (await readFile(file, 'utf8')).replace(
      'from: register',
      'from: [register, gradebook]',
    );
    await world.write('flows/lms.yaml', flow);
    const { outcome, counts } = runOf(await world.sync('lms'), 'gradebook');
    assert.deepEqual([outcome, counts['quarantined']], ['done', 1], 'a status of no standard');
    await world.withHub(async ({ engine: { store, identity } }) => {
      const all = async (kind: string) =>
        (await Array.fromAsync(store.entities.scan(kind))).flat().map(({ entity }) => entity);
      const idOf = (kind: string, one: unknown) =>
        identity.idOf('register', kind, String(Object(one).sourcedId));
      const [assignment, ...more] = await all('assignment');
      assert.deepEqual(assignment?.['group'], { id: await idOf('group', taught['class']) });
      const [result, ...others] = await all('result');
      assert.deepEqual([more, others], [[], []]);
      assert.deepEqual(result, {
        ...{ id: result?.id, assignment: { id: assignment?.id }, status: 'fully graded' },
        ...{ student: { id: await idOf('person', taught['user']) } },
        ...{ score: 17, scoreDate: '2026-08-31' },
      });
      const stored = await world.storedText();
      assert.ok(stored.includes('fully graded'), 'what is taken in stands there');
      assert.ok(!stored.includes('has been ill'), 'what teachers write is never even set aside');
    });
  });
});

async function open(): Promise<World> {
  const world = await World.open();
  await mkdir(join(world.folder, 'data/lms'));
  await world.reconfigure(await world.binding('lms'), FILES);
  return world;
}

async function rows(world: World, name: string): Promise<readonly Row[]> {
  const text = await readFile(join(world.folder, 'data/lms', `${name}.csv`), 'utf8');
  return Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data;
}

const to = (sourcedId: string | undefined) => ({ sourcedId: sourcedId ?? '' });

/** The lists of a provider that holds what the files of a set say. */
async function offered(world: World): Promise<Readonly<Record<string, readonly JsonObject[]>>> {
  const roles = Map.groupBy(await rows(world, 'roles'), (row) => row['userSourcedId']);
  const orgs = await rows(world, 'orgs');
  const users = await rows(world, 'users');
  const classes = await rows(world, 'classes');
  const enrollments = await rows(world, 'enrollments');
  return {
    academicSessions: await rows(world, 'academicSessions'),
    orgs: orgs.map((row) => ({ ...row, parent: to(row['parentSourcedId']) })),
    users: users.map((row) => ({
      ...{ ...row, grades: ['07'] },
      roles: (roles.get(row['sourcedId']) ?? []).map((role) => ({
        ...{ role: role['role'] ?? '', org: to(role['orgSourcedId']) },
      })),
    })),
    classes: classes.map((row) => ({
      ...{ ...row, school: to(row['schoolSourcedId']) },
      terms: (row['termSourcedIds'] ?? '').split(',').map(to),
    })),
    enrollments: enrollments.map((row) => ({
      ...{ ...row, user: to(row['userSourcedId']), class: to(row['classSourcedId']) },
      school: to(row['schoolSourcedId']),
    })),
  };
}
