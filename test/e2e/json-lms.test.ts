import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import {
  type JsonLms,
  startJsonLms,
} from '../../examples/json-lms/connectors/json-lms/simulator.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'json-lms');

describe('a small town in the learning platform of the example', () => {
  let world: World;
  let lms: JsonLms;

  before(async () => {
    lms = await startJsonLms();
    world = await World.open(EXAMPLE);
    Object.assign(world.environment, { LMS_URL: lms.url, LMS_TOKEN: 'right' });
    await world.reconfigure('token:', 'requestsPerSecond: 1000, token:');
    await publish(join(world.folder, 'data/register'), smallTown('ber-20260901', numbers(1, 30)));
  });
  after(async () => {
    await world.close();
    await lms.stop();
  });

  it('is delivered with the ids that the platform gives', async () => {
    const report = await world.sync('lms');
    const outcomes = report.flows.map(({ outcome, counts }) => [outcome, counts['failed']]);
    assert.deepEqual(outcomes, [['done', 0]]);
    const ids = (kind: string) => new Set(lms.held(kind).map(({ id }) => id));
    assert.deepEqual(
      [ids('organisation').size, ids('course').size, ids('person').size],
      [1, 1, 30],
    );
    const [course] = lms.held('course');
    assert.ok(ids('organisation').has(course?.['organisation'] ?? null));
    const members = lms.held('membership');
    assert.equal(members.length, 30);
    assert.ok(members.every((one) => one['course'] === course?.['id']));
    assert.deepEqual(new Set(members.map(({ person }) => person)), ids('person'));
  });

  it('is planned once: nothing is left to do the second time', async () => {
    const [plan] = await world.plan('lms');
    assert.deepEqual(plan?.counts, { create: 0, update: 0, delete: 0 });
    const before = JSON.stringify(lms.held('membership'));
    await world.sync('lms');
    assert.equal(JSON.stringify(lms.held('membership')), before);
  });
});
