import assert from 'node:assert/strict';
import { runOf, World } from './world.ts';

describe('the first nights', () => {
  let world: World;

  before(async () => {
    world = await World.open();
  });
  after(() => world.close());

  it('delivers a city to three targets of three kinds', async () => {
    await world.night(1, 300, true);
    const report = await world.sync();
    assert.deepEqual(
      report.flows.map(({ subject, outcome }) => [subject, outcome]),
      [
        ['collaboration', 'done'],
        ['identity', 'done'],
        ['lms', 'done'],
      ],
    );
    for (const { counts, subject } of report.flows) {
      assert.equal(counts['failed'], 0, subject);
      assert.equal(counts['blocked'], 0, subject);
      assert.ok((counts['delivered'] ?? 0) > 100, subject);
    }
    assert.equal(runOf(report, 'register').outcome, 'done');
    assert.ok(world.lms.site.memberships.size > 300);
    assert.ok(world.identity.directory.of('Users').size > 200);
    const users = await world.delivered('users.csv');
    const picture = Object.values(await world.picture()).join('\n');
    assert.doesNotMatch(picture, /Friskolan/, 'no school that others govern');
    assert.match(users, /^sourcedId,username,/);
    assert.ok(users.split('\r\n').length > 200);
  });

  it('finds nothing to do the second time', async () => {
    const before = await world.picture();
    const calls = world.lms.calls() + world.identity.calls();
    for (const { counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
    const report = await world.sync();
    for (const { counts } of report.flows) assert.equal(counts['delivered'], 0);
    assert.deepEqual(await world.picture(), before);
    assert.equal(world.lms.calls() + world.identity.calls(), calls);
  });

  it('brings each following night with few changes, and then nothing again', async () => {
    for (const night of [2, 3, 4, 5]) {
      await world.night(night);
      const report = await world.sync();
      for (const { subject, outcome, counts } of report.flows) {
        assert.equal(outcome, 'done', subject);
        assert.ok((counts['delivered'] ?? 0) < 200, `${subject}: ${counts['delivered']}`);
        assert.equal(counts['failed'], 0, subject);
      }
      for (const { counts, flow } of await world.plan()) {
        assert.deepEqual(counts, { create: 0, update: 0, delete: 0 }, flow);
      }
    }
  });
});
