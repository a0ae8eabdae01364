import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { HeldFailure } from '../../core/failure/failure.ts';
import { openHold } from '../../core/guard/holds.ts';
import type { Hub } from '../../core/hub.ts';
import { type Backend, backUpCluster, moveWorkspace } from '../../core/move/move.ts';
import { digestOfState } from '../../core/move/state-digest.ts';
import { rowOf } from '../contract/store-fixtures.ts';
import { World } from '../e2e/world.ts';
import { type ClusterServices, placeOn, startCluster } from '../services/cluster.ts';
import { serviceOrPending } from '../services.ts';

const PORTAL = 'identity:scim';
const SKOLNAV = join(import.meta.dirname, '..', '..', 'scripts', 'skolnav.ts');
const ADDRESSES =
  'store: { url: "$' + '{env:STORE_URL}" }\nbroker: { url: "$' + '{env:BROKER_URL}" }\n';

describe('a move to the cluster and back', () => {
  let services: ClusterServices;
  let world: World;

  before(async function () {
    this.timeout(180_000);
    services = serviceOrPending(this, await startCluster());
  });
  after(() => services?.stop());
  beforeEach(async () => {
    world = await World.openOn(null);
    await world.waitForMissing();
    await world.night(1, 60, true);
    await world.sync();
    await world.withHub(async ({ control, engine: { store } }) => {
      const [[first] = []] = await Array.fromAsync(store.ledger.scan(PORTAL, 'User', 'person'));
      const about = { target: 'identity', objectKind: 'User', key: first?.ref.key ?? '' };
      const values = new Map([['displayName', 'Kim']]);
      const until = { until: '2026-09-30', reason: 'so called', who: 'Kim', mayContents: true };
      await control.setOverride({ ...about, values, ...until });
    });
    await world.night(2, 60);
    await world.sync();
    await world.withHub(async ({ control, engine: { store, now } }) => {
      await control.purge('Kim');
      const [left] = await control.failures({ limit: 1 });
      await control.discard([left?.id ?? ''], 'Kim', 'has left');
      const reasons = [new HeldFailure('GUARD_LIMIT', 'too many').toProblem()];
      const held = {
        run: 'r',
        subject: 'target lms:itslearning',
        digest: 'd',
        counts: {},
      } as const;
      await openHold(store, { ...held, reasons }, now());
      for (const id of ['one', 'two']) {
        const events = [{ key: id, at: 1, content: { id } }];
        await store.inbox.keep('calls', { id, digest: id, events }, 1);
      }
      await store.inbox.empty('calls', 2);
      await store.inbox.purge(2);
      const [a, b] = ['a', 'b'].map((id) => {
        const row = rowOf(id, '1');
        return { ...row, ref: { ...row.ref, target: 'vendor:ss12000' } };
      });
      assert.ok(a !== undefined && b !== undefined);
      await store.ledger.propose([a, b], []);
      await store.ledger.confirm('vendor:ss12000', 10);
      await store.ledger.propose([], [b.ref]);
      await store.ledger.confirm('vendor:ss12000', 20);
    });
    Object.assign(world.environment, placeOn(services));
    await world.reconfigure('modules:', `${ADDRESSES}modules:`);
  });
  afterEach(() => world.close());

  const move = (to: Backend) => {
    const { folder, environment } = world;
    const place = { folder, environment, now: () => world.now };
    const { signal } = new AbortController();
    return moveWorkspace({ to, place, signal, onProgress: () => undefined });
  };
  const line = async () =>
    (await readFile(join(world.folder, 'config', 'hub.yaml'), 'utf8')).match(/^backend:.*$/m)?.[0];
  /** What a person reads: of the trail only what stood there, since a look at a person is noted. */
  const looks = (entries = 1000) =>
    world.withHub(async ({ control, engine: { store } }) => {
      const [[one] = []] = await Array.fromAsync(store.entities.scan('person'));
      const person = { kind: 'person', id: one?.entity.id ?? '' };
      const trail = await control.auditTrail(1000);
      return {
        ...{ failed: await control.failures({ limit: 1000 }), runs: await control.runs(1000) },
        ...{ trail: trail.slice(-entries), trace: await control.trace(person, 'Kim') },
        holds: (await control.holds('open')).map(({ version: _, ...hold }) => hold),
        overrides: (await control.overrides()).map(({ version: _, ...one }) => one),
      };
    });
  const state = () =>
    world.withHub(async ({ engine: { store }, workspace: { canonical } }) => {
      const digests = await digestOfState(store, { canonical, sources: ['register'] });
      // What an opening and a person's look leave behind is not of the night.
      return new Map([...digests].filter(([what]) => what !== 'value'));
    });

  it('takes all that is kept along, there and back, and nothing is told again', async function () {
    this.timeout(120_000);
    const read = await looks();
    const isThere = [read.failed, read.holds, read.overrides].map(({ length }) => length > 0);
    assert.deepEqual(isThere, [true, true, true]);
    assert.ok(read.trail.some(({ action }) => action === 'failed discard'));
    const before = await state();
    for (const what of ['parts', 'person', 'missed', 'ledger', 'messages', 'runs', 'audit']) {
      assert.ok((before.get(what)?.count ?? 0) > 0, `no ${what} to move`);
    }
    assert.equal(before.get('served')?.count, 2, 'what is there, and what is gone');
    await move('cluster');
    assert.equal(await line(), 'backend: cluster');
    assert.deepEqual(await state(), before);
    assert.deepEqual(await looks(read.trail.length), read, 'what a person reads there');
    for (const { counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
    assert.equal(await world.withHub(keepAnother), 3, 'no number of the inbox is given anew');
    await move('embedded');
    assert.deepEqual(await looks(read.trail.length), read, 'and here again');
    assert.equal(await world.withHub(keepAnother), 4);
    assert.equal(await line(), 'backend: embedded');
    await world.night(3, 60);
    const { intakes } = await world.sync();
    assert.ok((intakes[0]?.counts['removed'] ?? 0) > 0, 'what was missed before goes now');
    await move('cluster');
    for (const { outcome } of (await world.sync()).flows) assert.equal(outcome, 'done');
    await isBroughtBack();
  });

  /** All of the cluster is lost, and a file of it is left. */
  async function isBroughtBack(): Promise<void> {
    const database = join(world.folder, 'data', 'hub', 'skolnav.db');
    const file = join(world.folder, 'city.backup');
    const onProgress = () => undefined;
    const request = { file, who: 'Kim', signal: new AbortController().signal, onProgress };
    await world.withHub(({ engine }) => backUpCluster(engine, request));
    await assert.rejects(
      world.withHub(({ engine }) => backUpCluster(engine, request)),
      { code: 'BACKUP_REFUSED', message: /is there already/ },
    );
    const before = await state();
    await isCopied(before);
    Object.assign(world.environment, placeOn(services));
    await rename(file, database);
    await world.reconfigure('backend: cluster', 'backend: embedded');
    await move('cluster');
    const after = await state();
    // That it was made is written down after it was.
    assert.deepEqual(after.get('audit')?.count, (before.get('audit')?.count ?? 0) - 1);
    for (const all of [before, after]) all.delete('audit');
    assert.deepEqual(after, before);
    for (const { outcome } of (await world.sync()).flows) assert.equal(outcome, 'done');
    for (const { counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
  }

  /** Every document and every index in another database is as good: so MongoDB's own tools do it. */
  async function isCopied(before: Awaited<ReturnType<typeof state>>): Promise<void> {
    const { STORE_URL: from = '' } = world.environment;
    Object.assign(world.environment, placeOn(services));
    const { STORE_URL: to = '' } = world.environment;
    const clients = [await MongoClient.connect(from), await MongoClient.connect(to)] as const;
    const [source, copy] = [clients[0].db(), clients[1].db()];
    for (const { collectionName: name } of await source.collections()) {
      const into = await copy.createCollection(name);
      const documents = await source.collection(name).find().toArray();
      if (documents.length > 0) await into.insertMany(documents);
      const indexes = await source.collection(name).indexes();
      await copy.command({ createIndexes: name, indexes });
    }
    for (const client of clients) await client.close();
    assert.deepEqual(await state(), before);
    for (const { outcome } of (await world.sync()).flows) assert.equal(outcome, 'done');
    for (const { counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
    Object.assign(world.environment, { STORE_URL: from });
  }

  it('is refused where something else is there, or somebody works', async function () {
    this.timeout(120_000);
    await assert.rejects(move('embedded'), { code: 'MOVE_REFUSED' });
    const { STORE_URL = '' } = world.environment;
    const other = await World.openOn({ STORE_URL, BROKER_URL: services.broker.url });
    await other.withHub(async () => undefined);
    await other.close();
    await assert.rejects(move('cluster'), { code: 'MOVE_REFUSED', message: /another workspace/ });
    Object.assign(world.environment, placeOn(services));
    await world.withHub(async ({ engine: { store, now } }) => {
      const worker = { owner: 'there/1/x', role: 'all', startedAt: 0, steps: [] };
      await store.runs.putWorker({ ...worker, seenAt: now() });
      await assert.rejects(move('cluster'), { code: 'BUSY' });
      await store.runs.removeWorker(worker.owner);
    });
    assert.equal(await line(), 'backend: embedded');
    await move('cluster');
    // Another machine's copy of the files says still that all is here.
    await world.reconfigure('backend: cluster', 'backend: embedded');
    await assert.rejects(world.sync(), { code: 'STORE_UNUSABLE', message: /moved/ });
  });

  it('changes nothing where it is killed, and is done by the next one', async function () {
    this.timeout(240_000);
    const before = await state();
    for (const ms of [400, 900, 1500, 2500]) {
      await killedAfter(ms, 'cluster');
      if ((await line()) === 'backend: cluster') break;
      assert.deepEqual(await state(), before);
    }
    if ((await line()) !== 'backend: cluster') await move('cluster');
    assert.deepEqual(await state(), before);
    for (const ms of [100, 400]) {
      if ((await line()) === 'backend: cluster') await killedAfter(ms, 'embedded');
    }
    if ((await line()) !== 'backend: embedded') await move('embedded');
    assert.deepEqual(await state(), before);
    for (const { outcome } of (await world.sync()).flows) assert.equal(outcome, 'done');
  });

  async function keepAnother({ engine: { store, now } }: Hub): Promise<number> {
    const id = String(now());
    const events = [{ key: id, at: 1, content: { id } }];
    await store.inbox.keep('calls', { id, digest: id, events }, now());
    return store.inbox.newest('calls');
  }

  /** The real command, killed so long after it has begun to say something, or as it ends. */
  async function killedAfter(ms: number, to: Backend): Promise<void> {
    // A killed process of this machine does not hold up the next one; on the cluster time does.
    world.now += 120_000;
    const clock = { CLUSTER_CLOCK: String(world.now - Date.now()) };
    const env = { ...process.env, ...world.environment, ...clock };
    const hook = join(import.meta.dirname, 'process-clock.mjs');
    const args = ['--import', hook, SKOLNAV, '-C', world.folder, 'move', '--to', to];
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = once(child, 'exit');
    const said = text(child.stderr);
    await Promise.race([once(child.stderr, 'data'), ended]);
    await Promise.race([sleep(ms), ended]);
    child.kill('SIGKILL');
    await ended;
    assert.doesNotMatch(await said, /REFUSED|DEFECT|differs/);
    world.now += 120_000;
  }
});
