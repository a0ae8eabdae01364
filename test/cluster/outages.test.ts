import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncReport } from '../../core/control/control-bus.ts';
import { Failure } from '../../core/failure/failure.ts';
import { runOf, World } from '../e2e/world.ts';
import { pending } from '../pending.ts';
import { type ClusterServices, placeOn, startCluster } from '../services/cluster.ts';
import { serviceOrPending } from '../services.ts';
import { Crew, until } from './crew.ts';

const PUPILS = 30;

describe('a cluster whose servers die in the middle of a night', () => {
  let services: ClusterServices;
  let world: World;
  let undisturbed: Awaited<ReturnType<typeof held>>;

  before(async function () {
    this.timeout(180_000);
    services = serviceOrPending(this, await startCluster());
    if (services.store.kill === null || services.broker.kill === null) {
      pending(this, 'servers that are named are not ours to kill');
    }
    world = await World.openOn(placeOn(services));
    await world.night(1, PUPILS);
    await world.sync();
    undisturbed = await held(world);
    await world.close();
  });
  after(() => services?.stop());

  beforeEach(async () => {
    world = await World.openOn(placeOn(services));
    await world.night(1, PUPILS);
    // The night takes long enough to be disturbed.
    const identity = await world.binding('identity');
    await world.reconfigure(identity, identity.replace('5000', '20'));
  });
  afterEach(() => world.close());

  it('ends a flow with the broker’s outage, keeps what is open, and goes on', async function () {
    this.timeout(120_000);
    const report = await syncAnd(world, 'deliver identity', () => services.broker.kill?.());
    assert.ok(!(report instanceof Failure));
    const run = runOf(report, 'identity');
    assert.deepEqual([run.outcome, run.problem?.code], ['failed', 'BROKER_OUT']);
    const files = await contentsOf(services.broker.folder ?? '');
    await services.broker.restart();
    await isAsIfNothingHadBeen();
    assert.match(files, /"m":"/, 'tickets have lain in its files');
    const said = world.accounts().flatMap(({ userName, displayName }) => [userName, displayName]);
    assert.ok(said.length >= PUPILS);
    assert.deepEqual(
      said.filter((text) => files.includes(Buffer.from(String(text)).toString('latin1'))),
      [],
      'tickets say nothing of whom they are about',
    );
  });

  it('stops with the store’s outage, half of nothing is done, and it goes on', async function () {
    this.timeout(180_000);
    const failure = await syncAnd(world, 'deliver identity', () => services.store.kill?.());
    assert.ok(failure instanceof Failure);
    assert.equal(failure.code, 'STORE_OUT');
    await services.store.restart();
    await isAsIfNothingHadBeen();
    const runs = await world.withHub((hub) => hub.engine.store.runs.list({ limit: 50 }));
    assert.ok(!runs.some(({ outcome }) => outcome === 'running'));
    assert.ok(runs.some(({ problem }) => problem?.code === 'RUN_INTERRUPTED'));
  });

  it('reads a source anew whose intake the store’s end has cut off', async function () {
    this.timeout(180_000);
    const failure = await syncAnd(world, 'intake register', () => services.store.kill?.());
    assert.ok(failure instanceof Failure);
    assert.equal(failure.code, 'STORE_OUT');
    await services.store.restart();
    await isAsIfNothingHadBeen();
  });

  it('keeps a hub that serves waiting for the store, and lets it go on by itself', async function () {
    this.timeout(120_000);
    const { signal } = new AbortController();
    await world.withHub(async ({ control }) => {
      const scheduler = control.scheduler();
      const missing = async () =>
        (await control.unreached()).map(({ part, problem }) => `${part} ${problem.code}`);
      assert.deepEqual(await missing(), []);
      await services.store.kill?.();
      assert.deepEqual(await scheduler.turn(signal), []);
      assert.deepEqual(await missing(), ['store STORE_OUT']);
      // One that is started meanwhile waits, too.
      world.environment['STORE_URL'] += '?serverSelectionTimeoutMS=500';
      const crew = new Crew(world);
      crew.start('web');
      await until('it says why', async () => /STORE_OUT .*: waiting$/m.exec(crew.said));
      await services.store.restart();
      await until('it serves', async () => (await control.workers())[0] ?? null);
      await crew.stop();
      assert.deepEqual(crew.failed, []);
      await services.broker.kill?.();
      assert.deepEqual(await missing(), ['broker BROKER_OUT']);
      const [out] = await control.findings();
      assert.deepEqual([out?.kind, out?.subject, out?.code], ['out', 'broker', 'BROKER_OUT']);
      assert.match(out?.text ?? '', /^out since 2026-.+ messages wait in the store/);
      await services.broker.restart();
      assert.deepEqual(await missing(), []);
      assert.ok((await control.findings()).every(({ kind }) => kind !== 'out'));
      world.now += 86_400_000;
      await scheduler.turn(signal);
      world.now += 86_400_000;
      const subjects = (await scheduler.turn(signal)).flatMap(({ flows }) =>
        flows.map(({ subject }) => subject),
      );
      assert.ok(subjects.includes('lms'), `${subjects}`);
    });
  });

  async function isAsIfNothingHadBeen(): Promise<void> {
    // The lease of a hub that ended without its store runs out.
    world.now += 120_000;
    const report = await world.sync();
    const outcomes = [...report.intakes, ...report.flows].map(({ outcome }) => outcome);
    assert.deepEqual(new Set(outcomes), new Set(['done']));
    assert.deepEqual(await held(world), undisturbed);
    for (const { counts } of report.flows) assert.equal(counts['failed'] ?? 0, 0);
    const again = await world.sync();
    for (const { counts } of again.flows) {
      assert.deepEqual([counts['create'], counts['update'], counts['delete']], [0, 0, 0]);
    }
  }
});

/** All that lies in a server's files, byte for byte. */
async function contentsOf(folder: string): Promise<string> {
  const all = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = all.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  const texts = await Promise.all(names.map((name) => readFile(name, 'latin1')));
  return texts.join('\n');
}

/** What targets hold, without the ids that they have given. */
async function held(world: World) {
  const { identity, lms, collaboration = '' } = await world.picture();
  return {
    accounts: world.accounts().length,
    userNames: new Set(world.accounts().map(({ userName }) => userName)).size,
    collaboration,
    sizes: [identity?.length, lms?.length],
  };
}

/** A night in which something happens once a step is under way. Its end, however it ends. */
function syncAnd(
  world: World,
  step: string,
  happens: () => Promise<void> | undefined,
): Promise<SyncReport | Failure> {
  let happened: Promise<void> | undefined;
  const { signal } = new AbortController();
  const request = { flow: null, deliver: true, signal, patienceMs: 2000 };
  const onProgress = (progress: { step: string }) => {
    if (progress.step === step) happened ??= happens();
  };
  const night = world.withHub((hub) => hub.control.sync({ ...request, onProgress }));
  return night
    .catch((failure: unknown) => {
      if (failure instanceof Failure) return failure;
      throw failure;
    })
    .finally(() => happened);
}
