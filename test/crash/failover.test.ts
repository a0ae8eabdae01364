import assert from 'node:assert/strict';
import { World } from '../e2e/world.ts';
import { pending } from '../pending.ts';
import { type RabbitService, startRabbit } from '../services/rabbitmq.ts';
import { type ReplicaSet, startReplicaSet } from '../services/replica-set.ts';
import { serviceOrPending } from '../services.ts';
import { IS_COMPLETE, targetsOf } from './crash-world.ts';

const PUPILS = 60;
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

  /** A first night; what it was told of, and what the targets hold. */
  async function night(at: string | null) {
    const place = { STORE_URL: set.url(`city-${at === null}`), BROKER_URL: broker.url };
    const world = await World.openOn(place);
    try {
      await world.night(1, PUPILS);
      const { signal } = new AbortController();
      let killed: Promise<void> | null = null;
      const onProgress = ({ step }: { step: string }) => {
        if (step === at) killed ??= set.killPrimary();
      };
      const request = { flow: null, deliver: true, signal, patienceMs: 2000, onProgress };
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

  for (const step of STEPS) {
    it(`has another one within seconds, and the night goes on at ${step}`, async function () {
      this.timeout(240_000);
      const wanted = await night(null);
      assert.deepEqual(await night(step), wanted);
    });
  }
});
