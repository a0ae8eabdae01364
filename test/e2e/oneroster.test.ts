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
