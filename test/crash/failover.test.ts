import assert from 'node:assert/strict';
import { World } from '../e2e/world.ts';
import { pending } from '../pending.ts';
import type { ClusterEnvironment } from '../services/cluster.ts';
import { type MongoService, startMongod } from '../services/mongod.ts';
import { type RabbitNodes, startRabbitNodes } from '../services/rabbit-nodes.ts';
import { type RabbitService, startRabbit } from '../services/rabbitmq.ts';
import { type ReplicaSet, startReplicaSet } from '../services/replica-set.ts';
import { serviceOrPending } from '../services.ts';
import { IS_COMPLETE, targetsOf } from './crash-world.ts';

const PUPILS = 60;
/** Longer than a broker takes until two of its nodes have agreed. */
const PATIENCE_MS = 60_000;
const STEPS = ['intake register', 'plan lms', 'deliver identity'];

describe('a replica set of three whose primary is killed in the middle of a night', () => {
  let set: ReplicaSet;
  let broker: RabbitService;
  before(async function () {
    this.timeout(120_000);
    // Three servers cost more than their test is worth to whoever changes something else.
    if (!IS_COMPLETE) pending(this, 'three servers are started by npm run crash');
    broker = serviceOrPending(this, await startRabbit());
  });
  after(() => broker?.stop());
  beforeEach(async function () {
    this.timeout(120_000);
    set = serviceOrPending(this, await startReplicaSet());
  });
  afterEach(() => set?.stop());

  const night = (at: string | null) =>
    nightOn({ STORE_URL: set.url(`city-${at === null}`), BROKER_URL: broker.url }, at, () =>
      set.killPrimary(),
    );

  for (const step of STEPS) {
    it(`has another one within seconds, and the night goes on at ${step}`, async function () {
      this.timeout(240_000);
      const wanted = await night(null);
      assert.deepEqual(await night(step), wanted);
    });
  }
});

describe('a broker of three nodes of which one is killed in the middle of a night', () => {
  let store: MongoService;
  let nodes: RabbitNodes;
  before(async function () {
    this.timeout(240_000);
    if (!IS_COMPLETE) pending(this, 'three servers are started by npm run crash');
    store = serviceOrPending(this, await startMongod());
    nodes = serviceOrPending(this, await startRabbitNodes());
  });
  after(async function () {
    this.timeout(60_000);
    await nodes?.stop();
    await store?.stop();
  });

  it('keeps its queues on all of them, and the night ends as ever on the two that are left', async function () {
    this.timeout(300_000);
    const on = (database: string) => ({ STORE_URL: store.url(database), BROKER_URL: nodes.url });
    const wanted = await nightOn(on('city-undisturbed'), null, async () => undefined);
    const copies = await nodes.copies();
    assert.deepEqual([...new Set(copies.values())], [3], `${[...copies.keys()]}`);
    const disturbed = await nightOn(on('city'), 'deliver identity', () => nodes.killFirst());
    assert.deepEqual(disturbed, wanted);
  });
});

/** A first night; what it was told of, and what the targets hold. */
async function nightOn(place: ClusterEnvironment, at: string | null, kill: () => Promise<void>) {
  const world = await World.openOn(place);
  try {
    await world.night(1, PUPILS);
    const { signal } = new AbortController();
    let killed: Promise<void> | null = null;
    const onProgress = ({ step }: { step: string }) => {
      if (step === at) killed ??= kill();
    };
    const request = { flow: null, deliver: true, signal, patienceMs: PATIENCE_MS, onProgress };
    const report = await world.withHub((hub) => hub.control.sync(request));
    assert.equal(killed !== null, at !== null, 'it was killed');
    await killed;
    const outcomes = [...report.intakes, ...report.flows].map(
      ({ subject, outcome, problem }) => `${subject} ${problem?.code ?? outcome}`,
    );
    const again = await world.sync();
    for (const { counts } of again.flows) {
      assert.deepEqual([counts['create'], counts['update'], counts['delete']], [0, 0, 0]);
    }
    return { outcomes, held: targetsOf(world) };
  } finally {
    await world.close();
  }
}
