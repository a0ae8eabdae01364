import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../../core/store/store.ts';
import { World } from '../e2e/world.ts';
import { pending } from '../pending.ts';
import { type ClusterServices, placeOn, startCluster } from '../services/cluster.ts';
import { serviceOrPending } from '../services.ts';
import { Crew, until, whoIsAt } from './crew.ts';
import { endState } from './end-state.ts';
import { type HangingProxy, startHangingProxy } from './hanging-proxy.ts';
import { startWatchingProxy, type WatchingProxy } from './watching-proxy.ts';

const PUPILS = 100;
const FLOWS = ['collaboration', 'identity', 'lms'];
/** `npm run crash`: everything. */
const IS_COMPLETE = process.env['SKOLNAV_CRASH'] === 'all';

describe('a cluster of several processes', () => {
  let services: ClusterServices;
  let undisturbed: Awaited<ReturnType<typeof endState>>;
  let world: World;
  let watch: WatchingProxy;
  let crew: Crew;
  let proxies: HangingProxy[];

  before(async function () {
    this.timeout(180_000);
    services = serviceOrPending(this, await startCluster());
    if (services.store.kill === null) pending(this, 'servers that are named are not ours to kill');
    await open();
    await world.sync();
    undisturbed = await endState(world);
    await close();
  });
  after(() => services?.stop());

  /** The evening before a night: all flows are due as soon as a scheduler looks. */
  async function open(): Promise<void> {
    world = await World.openOn(placeOn(services));
    watch = await startWatchingProxy(world.identity.url, 20);
    world.environment['IDENTITY_URL'] = watch.url;
    await world.night(1, PUPILS);
    // So slow that there is time to be disturbed.
    for (const module of ['identity', 'lms']) {
      const binding = await world.binding(module);
      await world.reconfigure(binding, binding.replace('5000', '12'));
    }
    await world.withHub(async ({ engine: { store } }) => {
      for (const flow of FLOWS) await store.putValue(`turn ${flow}`, '2026-08-31T02:00');
    });
    proxies = [];
    crew = new Crew(world);
  }
  async function close(): Promise<void> {
    await crew.kill();
    for (const proxy of proxies) await proxy.stop();
    await watch.stop();
    await world.close();
  }
  beforeEach(open);
  afterEach(close);

  const look = <T>(work: (store: Store) => Promise<T>) =>
    world.withHub(({ engine }) => work(engine.store));
  /** Workers that are there, and then a scheduler, so that all begin together. Its process. */
  const startAll = async (workers: number): Promise<number> => {
    for (let count = 0; count < workers; count++) crew.start('worker');
    await look((store) =>
      until('all are there', async () => (await store.runs.workers()).length === workers || null),
    );
    return crew.start('scheduler');
  };
  /** Until every flow has had its turn, or is put off for a while. */
  const nightIsOver = () =>
    look((store) =>
      until('the night is over', async () => {
        const due = await Promise.all(FLOWS.map((flow) => store.getValue(`due ${flow}`)));
        const done = await Promise.all(FLOWS.map((flow) => store.getValue(`turn ${flow}`)));
        const isDone = done.every((turn) => String(turn) > '2026-09-01');
        const isPutOff = due.every((one) => one === null || Object(one).failed > 0);
        return isDone || (isPutOff && due.some((one) => one !== null)) ? true : null;
      }),
    );
  const proxied = async (url: string): Promise<{ url: string; proxy: HangingProxy }> => {
    const { port } = new URL(url.replace(/^(mongodb|amqp):/, 'http:'));
    const proxy = await startHangingProxy(Number(port));
    proxies.push(proxy);
    return { proxy, url: url.replace(`:${port}`, `:${proxy.port}`) };
  };

  /** Left in peace, it ends as the night that nobody disturbed. */
  async function isAsIfNothingHadBeen(): Promise<void> {
    await crew.stop();
    world.now += 3_600_000;
    const report = await world.sync();
    assert.deepEqual(new Set(report.flows.map(({ outcome }) => outcome)), new Set(['done']));
    const { users, ...rest } = await endState(world);
    assert.deepEqual(new Set(users).size, users.length);
    assert.deepEqual({ users, ...rest }, undisturbed, crew.said);
    assert.deepEqual(watch.clashes, []);
    const again = await world.sync();
    for (const { counts } of again.flows) {
      assert.deepEqual([counts['create'], counts['update'], counts['delete']], [0, 0, 0]);
    }
  }

  it('shares a night among its workers, one conductor per target, and all see it', async function () {
    this.timeout(120_000);
    await startAll(3);
    await look((store) => whoIsAt(store, 'deliver identity', 3));
    const workers = await world.withHub(({ control }) => control.workers());
    assert.deepEqual(workers.map(({ role }) => role).sort(), [
      ...['scheduler', 'worker', 'worker', 'worker'],
    ]);
    const conducted = workers.flatMap(({ holds }) => holds.filter((one) => /^target/.test(one)));
    assert.equal(new Set(conducted).size, conducted.length);
    assert.ok(conducted.includes('target identity:scim'), `${conducted}`);
    const steps = await world.withHub(({ control }) => control.underWay());
    assert.ok(steps.some(({ step }) => step === 'deliver identity'));
    await nightIsOver();
    const intakes = await look((store) => store.runs.list({ type: 'intake', limit: 9 }));
    assert.equal(intakes.length, 1, 'whoever comes first reads for all');
    await crew.stop();
    assert.deepEqual(await world.withHub(({ control }) => control.workers()), []);
    await isAsIfNothingHadBeen();
  });

  it('lets a worker that was thought dead change nothing when it comes back', async function () {
    this.timeout(300_000);
    const { url, proxy } = await proxied(world.environment['STORE_URL'] ?? '');
    const late = crew.start('worker', { STORE_URL: url });
    await look((store) => until('it serves', async () => (await store.runs.workers())[0] ?? null));
    crew.start('scheduler');
    await look((store) => whoIsAt(store, 'deliver identity', 10));
    proxy.hang();
    crew.start('worker');
    crew.jump(late);
    await nightIsOver();
    const ended = await look((store) => store.runs.list({ limit: 99 }));
    proxy.goOn();
    await sleep(5000);
    assert.ok(crew.isRunning(late));
    assert.deepEqual(await look((store) => store.runs.list({ limit: 99 })), ended);
    await isAsIfNothingHadBeen();
  });

  // Some of it is tried at every step, too: see test/crash/cluster-kills.test.ts.
  if (IS_COMPLETE) {
    it('goes on where a worker and a scheduler are killed in the middle of the night', async function () {
      this.timeout(240_000);
      const first = await startAll(3);
      const victim = await look((store) => whoIsAt(store, 'deliver identity', 20));
      await crew.signal(victim, 'SIGKILL');
      await crew.signal(first, 'SIGKILL');
      crew.start('scheduler');
      crew.jump();
      const before = watch.changes();
      await nightIsOver();
      assert.ok(watch.changes() > before, 'others have taken over');
      const runs = await look((store) => store.runs.list({ subject: 'identity', limit: 9 }));
      assert.deepEqual(runs.map(({ problem }) => problem?.code ?? 'done').sort(), [
        'RUN_INTERRUPTED',
        'done',
      ]);
      await isAsIfNothingHadBeen();
    });

    it('lets a worker go on that was stopped for so long that others have taken over', async function () {
      this.timeout(300_000);
      crew.start('scheduler');
      crew.start('worker');
      const victim = await look((store) => whoIsAt(store, 'deliver identity', 10));
      await crew.signal(victim, 'SIGSTOP');
      crew.start('worker');
      crew.jump(victim);
      await nightIsOver();
      await crew.signal(victim, 'SIGCONT');
      await isAsIfNothingHadBeen();
    });

    it('goes on where the broker hangs for a worker, and for no other', async function () {
      this.timeout(300_000);
      const { url, proxy } = await proxied(world.environment['BROKER_URL'] ?? '');
      crew.start('worker', { BROKER_URL: url });
      await look((store) =>
        until('it serves', async () => (await store.runs.workers())[0] ?? null),
      );
      crew.start('scheduler');
      await look((store) => whoIsAt(store, 'deliver identity', 10));
      proxy.hang();
      crew.start('worker');
      await nightIsOver();
      proxy.goOn();
      await isAsIfNothingHadBeen();
    });

    for (const which of ['store', 'broker'] as const) {
      it(`goes on where the ${which} is killed under all of them`, async function () {
        this.timeout(300_000);
        await startAll(3);
        await look((store) => whoIsAt(store, 'deliver identity', 10));
        await services[which].kill?.();
        await services[which].restart();
        await nightIsOver();
        await isAsIfNothingHadBeen();
      });
    }
  }
});
