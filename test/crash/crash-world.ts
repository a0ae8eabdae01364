import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { numbers, smallTown } from '../e2e/small-town.ts';
import { World } from '../e2e/world.ts';

const SKOLNAV = join(import.meta.dirname, '..', '..', 'scripts', 'skolnav.ts');
const HOOK = join(import.meta.dirname, 'kill-at-step.mjs');

/** `npm run crash`: everything; else a few, others every day. */
export const IS_COMPLETE = process.env['SKOLNAV_CRASH'] === 'all';

export const NIGHTS = [
  'the first night',
  'a night with arrivals, leavers and changes',
  'the night after a table was mended',
] as const;

export type Night = (typeof NIGHTS)[number];

/** The evening before a night, with the night's files in place; worlds are copies of it. */
export class Evening {
  readonly world: World;
  readonly #open: () => Promise<World>;

  private constructor(world: World, open: () => Promise<World>) {
    this.world = world;
    this.#open = open;
  }

  static async before(night: Night, open = () => World.open()): Promise<Evening> {
    const world = await open();
    if (night !== 'the first night') {
      await deliverTown(world, 'ber-20260901', numbers(1, 12));
      await sync(world, {});
    }
    if (night === 'the first night') await deliverTown(world, 'ber-20260902', numbers(1, 12));
    else if (night === 'the night after a table was mended') await mendTable(world);
    else await deliverTown(world, 'ber-20260902', numbers(4, 15), true);
    return new Evening(world, open);
  }

  /** The folder and the targets; a store that is no file of the folder is not copied. */
  async copy(): Promise<World> {
    const world = await this.#open();
    await cp(this.world.folder, world.folder, { recursive: true });
    world.lms.site.restore(this.world.lms.site.dump());
    world.identity.directory.restore(this.world.identity.directory.dump());
    return world;
  }

  close(): Promise<void> {
    return this.world.close();
  }
}

async function deliverTown(
  { folder }: World,
  name: string,
  pupils: readonly number[],
  isRenamed = false,
): Promise<void> {
  const town = smallTown(name, pupils);
  const from = '<id>p7</id></sourcedid><name><n><family>Ek';
  const to = '<id>p7</id></sourcedid><name><n><family>Nyman';
  const elements = town.elements?.map((one) => (isRenamed ? one.replace(from, to) : one)) ?? [];
  await publish(join(folder, 'data', 'register'), { ...town, elements });
}

/** A record was set aside for its code, which has a row by now; and there is another delta. */
async function mendTable(world: World): Promise<void> {
  const delta = async (from: string, to: string, id: string, code: string) => {
    const at = (hour: string) => `2026-09-01T${hour}:00:00+02:00`;
    const person = `<person><sourcedid><id>${id}</id></sourcedid><name><n><family>Nyman</family>
<given>Kim</given></n></name><demographics><gender>${code}</gender></demographics></person>`;
    await publish(join(world.folder, 'data', 'register'), {
      ...{ name: `ber-20260901T${to}00-delta`, datetime: at(to), elements: [person] },
      window: { from: at(from), to: at(to) },
    });
  };
  await delta('02', '03', 'p7', 'X');
  await sync(world, {});
  const table = join('mappings', 'barn-och-elevregister', 'tables', 'sex.csv');
  await world.write(table, `${await readFile(join(BUILT_IN_FOLDER, table), 'utf8')}X,Okänt\n`);
  await delta('03', '04', 'p8', 'Male');
}

/**
 * The real command line in a process of its own; the signal that ended it, if one did. It has begun
 * when it opens its database.
 */
export function sync(
  world: World,
  environment: Readonly<Record<string, string>>,
  onBegun: (child: ChildProcess) => void = () => undefined,
): Promise<string | null> {
  const args = ['--import', HOOK, SKOLNAV, '-C', world.folder, 'sync'];
  const clock = { CRASH_CLOCK: String(world.now - Date.now()) };
  const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), 'skolnav-compiled') };
  const env = { ...process.env, ...compiled, ...world.environment, ...clock, ...environment };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length === 0) onBegun(child);
    said.push(text);
  });
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => {
      if (signal === null && code !== 0) reject(new Error(`exit ${code}: ${said.join('')}`));
      else resolve(signal);
    });
  });
}

/** Everything that must be the same, however often the hub was killed: no times, no run ids. */
export async function endState(world: World) {
  return { hub: hubOf(world), files: await filesOf(world), ...targetsOf(world) };
}

/** Nothing is left to do, and nothing has failed. */
export async function assertQuiet(world: World, at: string): Promise<void> {
  for (const { counts } of await world.plan()) {
    assert.deepEqual(counts, { create: 0, update: 0, delete: 0 }, at);
  }
  const failures = await world.withHub((hub) => hub.control.failures({ limit: 5 }));
  assert.deepEqual(failures, [], at);
}

const TABLES: readonly string[] = [
  `SELECT t.text AS target, k.text AS kind, o.text AS origin, origin_id, key, hash, object,
   u.text AS unit, remote_id FROM ledger JOIN name t ON t.number = target
   JOIN name k ON k.number = object_kind JOIN name o ON o.number = origin_kind
   LEFT JOIN name u ON u.number = unit ORDER BY 1, 2, 3, 4, 5`,
  'SELECT kind, id, hash FROM entity ORDER BY 1, 2',
  'SELECT * FROM reference ORDER BY 1, 2, 3, 4',
  'SELECT kind, id, source, stream, part, hash, missed FROM part ORDER BY 1, 2, 3, 4, 5',
  'SELECT id, source, stream, value FROM quarantine ORDER BY 1',
  'SELECT * FROM checkpoint',
  // Of the last plan and of what it read a run remembers what it may: killed, it remembers nothing.
  // The simulated targets of each world have addresses of their own.
  `SELECT name, json FROM value WHERE name NOT LIKE 'planned %' AND name NOT LIKE 'read %'
   AND name NOT LIKE 'address %' ORDER BY 1`,
  'SELECT * FROM message',
  'SELECT * FROM staging.stage',
  'SELECT * FROM staging.proposal',
  'SELECT * FROM intake',
  "SELECT name, owner FROM lease WHERE owner <> ''",
];

/** What the hub knows. What SCIM calls a user or group is random: its name stands in its place. */
function hubOf({ folder, identity: { directory } }: World): readonly string[] {
  const remote = new Map(
    [...directory.resources.values()].flatMap((all) =>
      [...all.values()].map(({ id, externalId }) => [id, `the id of ${externalId}`] as const),
    ),
  );
  const file = join(folder, 'data', 'hub', 'skolnav.db');
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec(`ATTACH DATABASE '${file}-stage' AS staging`);
    const rows = TABLES.flatMap((sql) => database.prepare(sql).all());
    return rows.map(({ remote_id: id = null, ...row }) =>
      JSON.stringify({
        ...row,
        remote: id === null ? null : (remote.get(String(id)) ?? 'unknown'),
      }),
    );
  } finally {
    database.close();
  }
}

/** Names below the data folder, and what the collaboration platform was given. */
async function filesOf(world: World): Promise<readonly string[]> {
  const data = join(world.folder, 'data');
  const all = await readdir(data, { recursive: true, withFileTypes: true });
  const names = all.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const kept = names.filter((name) => !/skolnav\.(db|log)/.test(name)).sort();
  const given = kept.filter((name) => name.startsWith(join(data, 'collaboration')));
  const texts = given.map(async (name) => {
    const text = await readFile(name, 'utf8');
    return text.replace(/"completedAt":"[^"]*"/, '');
  });
  const short = kept.map((name) => name.slice(data.length).replace(/\d{4}-\d\d-\d\d-/, ''));
  return [...short, ...(await Promise.all(texts))];
}

export function targetsOf({ lms: { site }, identity: { directory } }: World) {
  const sorted = (all: Iterable<readonly [string, unknown]>) =>
    [...all].map(([id, one]) => `${id} ${JSON.stringify(one)}`).sort();
  const users = [...directory.of('Users').values()];
  const names = new Map(users.map(({ id, userName }) => [id, String(userName)]));
  const groups = [...directory.of('Groups').values()].map(({ displayName, members }) => {
    const list: readonly { value?: string }[] = Array.isArray(members) ? members : [];
    return `${displayName}: ${list.map(({ value }) => names.get(value ?? '') ?? 'nobody').sort()}`;
  });
  return {
    persons: sorted(site.persons),
    groups: sorted(site.groups),
    memberships: sorted(site.memberships),
    users: users.map(({ id: _id, version: _version, ...rest }) => JSON.stringify(rest)).sort(),
    userGroups: groups.sort(),
  };
}
