import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { CANARIES, canaryTown, LATER_CANARY, OPEN_PUPIL } from './canary-town.ts';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';
import { skolnav as runSkolnav } from './skolnav.ts';
import { World } from './world.ts';

/** The hub's own state, and the register's own files: what they hold is not told to anyone. */
const OWN = [/^data\/hub\/skolnav\.db/, /^data\/register\//];

interface FailedList {
  readonly messages: readonly {
    readonly id: string;
    readonly problem: { readonly code: string };
  }[];
}

describe('protected persons', () => {
  let world: World;
  let proxies: readonly RecordingProxy[];
  const screens: string[] = [];

  before(async () => {
    world = await World.open();
    const lms = await startRecordingProxy(world.lms.url);
    const identity = await startRecordingProxy(world.identity.url);
    proxies = [lms, identity];
    Object.assign(world.environment, { LMS_URL: lms.url, IDENTITY_URL: identity.url });
  });
  after(async () => {
    await world.close();
    for (const proxy of proxies) await proxy.stop();
  });

  /** What a command prints; the whole command line, so that the log is written too. */
  async function skolnav(...args: readonly string[]): Promise<string> {
    const { out, err } = await runSkolnav(['-C', world.folder, ...args], world.environment);
    screens.push(out, err);
    return out;
  }

  async function everythingTold(): Promise<ReadonlyMap<string, string>> {
    const told = new Map([
      ['screens', screens.join('\n')],
      ['requests', proxies.map((proxy) => proxy.recorded()).join('\n')],
    ]);
    for (const name of await readdir(world.folder, { recursive: true })) {
      if (OWN.some((own) => own.test(name))) continue;
      const text = await readFile(join(world.folder, name), 'utf8').catch(() => '');
      told.set(name, text);
    }
    return told;
  }

  it('are in no byte that any target, file, log or screen was told', async () => {
    await publish(join(world.folder, 'data', 'register'), canaryTown('ber-20260901', 1));
    await skolnav('plan');
    await skolnav('sync');
    await skolnav('plan', '--json', '--reveal');
    await skolnav('sync', '--dry-run', '--json');
    const { messages: failed }: FailedList = JSON.parse(await skolnav('failed', 'list', '--json'));
    const codes = failed.map(({ problem }) => problem.code);
    assert.deepEqual(codes, ['VALUE_MISSING']);
    await skolnav('failed', 'list');
    for (const { id } of failed) {
      await skolnav('failed', 'show', id);
      await skolnav('failed', 'show', id, '--json');
    }
    await skolnav('runs');
    await skolnav('hold', 'list');
    for (const who of ['register:Qxpupil-id', '20130412-TF80']) {
      assert.match(await skolnav('trace', who), /protected/i);
    }
    for (const who of ['Qxpupilgiven Qxpupilfamily', 'qxpupil@skola.example']) {
      assert.equal(await skolnav('trace', who), '', 'a name does not tell that somebody is here');
    }
    const told = await everythingTold();
    const seen = [...told].filter(([, text]) => text.includes(OPEN_PUPIL)).map(([name]) => name);
    assert.ok(seen.includes('requests') && seen.includes('data/collaboration/users.csv'));
    assert.ok(told.has('data/logs/skolnav.log'));
    for (const canary of CANARIES) {
      const leaks = [...told].filter(([, text]) =>
        text.toLowerCase().includes(canary.toLowerCase()),
      );
      assert.deepEqual(
        leaks.map(([name]) => name),
        [],
        canary,
      );
    }
  });

  it('are withdrawn everywhere the night after protection was switched on', async () => {
    const holds = async () => JSON.stringify(await world.picture());
    assert.match(await holds(), new RegExp(LATER_CANARY, 'i'));
    await publish(join(world.folder, 'data', 'register'), canaryTown('ber-20260902', 2));
    await skolnav('sync');
    const { identity, collaboration } = await world.picture();
    assert.doesNotMatch(`${identity}${collaboration}`, new RegExp(LATER_CANARY, 'i'));
    const living = [...world.lms.site.persons.values()].filter(({ inTrash }) => !inTrash);
    assert.doesNotMatch(JSON.stringify(living), new RegExp(LATER_CANARY, 'i'));
    assert.match(await holds(), new RegExp(OPEN_PUPIL));
  });
});
