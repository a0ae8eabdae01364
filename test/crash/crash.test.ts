import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from '../e2e/small-town.ts';
import { World } from '../e2e/world.ts';

const SKOLNAV = join(import.meta.dirname, '..', '..', 'scripts', 'skolnav.ts');
const HOOK = join(import.meta.dirname, 'kill-at-commit.mjs');
/** `npm run crash` kills at every commit; `npm test` at some of them, others every day. */
const IS_COMPLETE = process.env['SKOLNAV_CRASH'] === 'all';
const SAMPLES = 12;

/** A hub that is killed anywhere and started again ends where an undisturbed one ends. */
describe('a sync that is killed at a commit', () => {
  for (const [name, prepare] of [
    ['on the first night', async () => undefined],
    ['on a night with arrivals, leavers and changes', firstNight],
  ] as const) {
    it(`${name} ends, once it is run again, as one that was not`, async function () {
      this.timeout(IS_COMPLETE ? 3_600_000 : 120_000);
      const undisturbed = await prepared(prepare);
      const commits = await countCommits(undisturbed);
      const wanted = contentOf(undisturbed);
      await undisturbed.close();
      assert.ok(commits > 20, `${commits} commits`);
      for (const [at, when] of pointsOf(commits)) {
        const world = await prepared(prepare);
        try {
          const signal = await sync(world, { CRASH_AT: String(at), CRASH_WHEN: when });
          assert.equal(signal, 'SIGKILL', `it was not killed ${when} commit ${at}`);
          await sync(world, {});
          assert.deepEqual(contentOf(world), wanted, `${when} commit ${at}`);
          for (const { counts } of await world.plan()) {
            assert.deepEqual(counts, { create: 0, update: 0, delete: 0 }, `${when} commit ${at}`);
          }
          const failures = await world.withHub((hub) => hub.control.failures({ limit: 5 }));
          assert.deepEqual(failures, [], `${when} commit ${at}`);
        } finally {
          await world.close();
        }
      }
    });
  }
});

/** Every commit, or some that are others every day. */
function pointsOf(commits: number): readonly (readonly [number, 'before' | 'after'])[] {
  const all = Array.from({ length: commits }, (_, index) => index + 1).flatMap((at) => [
    [at, 'before'] as const,
    [at, 'after'] as const,
  ]);
  if (IS_COMPLETE) return all;
  const step = all.length / SAMPLES;
  const offset = Math.floor(Date.now() / 86_400_000) % Math.ceil(step);
  return Array.from(
    { length: SAMPLES },
    (_, index) => all[Math.floor(index * step) + offset],
  ).filter((point) => point !== undefined);
}

async function prepared(prepare: (world: World) => Promise<void>): Promise<World> {
  const world = await World.open();
  await prepare(world);
  const changed = prepare === firstNight;
  const town = smallTown('ber-20260902', changed ? numbers(4, 15) : numbers(1, 12));
  const elements = town.elements?.map((one) =>
    changed
      ? one.replace(
          '<id>p7</id></sourcedid><name><n><family>Ek',
          '<id>p7</id></sourcedid><name><n><family>Nyman',
        )
      : one,
  );
  await publish(join(world.folder, 'data', 'register'), {
    ...town,
    ...(elements === undefined ? {} : { elements }),
  });
  return world;
}

async function firstNight(world: World): Promise<void> {
  await publish(join(world.folder, 'data', 'register'), smallTown('ber-20260901', numbers(1, 12)));
  await sync(world, {});
}

async function countCommits(world: World): Promise<number> {
  const file = join(world.folder, 'commits');
  await sync(world, { COUNT_TO: file });
  return Number(await readFile(file, 'utf8'));
}

/** The real command line in a process of its own; the signal that ended it. */
function sync(world: World, environment: Record<string, string>): Promise<string | null> {
  const args = ['--import', HOOK, SKOLNAV, '-C', world.folder, 'sync'];
  const env = { ...process.env, ...world.environment, ...environment };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text));
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => {
      if (signal === null && code !== 0) reject(new Error(`exit ${code}: ${said.join('')}`));
      else resolve(signal);
    });
  });
}

function contentOf({ lms: { site }, identity: { directory } }: World) {
  const living = [...site.persons].filter(([, { inTrash }]) => !inTrash);
  const sorted = (map: Iterable<readonly [string, unknown]>) =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  const users = [...directory.of('Users').values()];
  const names = new Map(users.map(({ id, userName }) => [id, userName]));
  const groups = [...directory.of('Groups').values()].map(({ displayName, members }) => {
    const list: readonly { value?: string }[] = Array.isArray(members) ? members : [];
    return `${displayName}: ${list.map(({ value }) => names.get(value ?? '')).sort()}`;
  });
  return {
    persons: sorted(living)
      .map(([, person]) => JSON.stringify(person))
      .sort(),
    groups: [...site.groups.values()].map(({ title, type }) => `${type} ${title}`).sort(),
    memberships: site.memberships.size,
    users: users
      .map(({ userName, displayName, active }) => `${userName} ${displayName} ${active}`)
      .sort(),
    userGroups: groups.sort(),
  };
}
