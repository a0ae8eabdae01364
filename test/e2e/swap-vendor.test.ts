import assert from 'node:assert/strict';
import { runOf, World } from './world.ts';

describe('swapping a vendor by one line of config/', () => {
  let world: World;
  let itslearning: string;

  before(async () => {
    world = await World.open();
    itslearning = await world.binding('lms');
    await world.night(1);
    await world.sync();
  });
  after(() => world.close());

  it('plans the full load of the new target, with no flow touched, and delivers it', async () => {
    const users = world.identity.directory.of('Users');
    const before = world.identity.calls();
    const scim = (await world.binding('identity')).replace('identity:', 'lms:');
    await world.reconfigure(itslearning, scim);
    const [plan] = await world.plan('lms');
    assert.equal(plan?.target, 'lms:scim');
    assert.ok((plan?.counts.create ?? 0) > 250);
    assert.deepEqual([plan?.counts.update, plan?.counts.delete], [0, 0]);
    assert.equal(world.identity.calls(), before, 'a plan tells nobody anything');

    const report = await world.sync('lms');
    assert.deepEqual(
      report.flows.map(({ outcome, counts }) => [outcome, counts['failed'], counts['blocked']]),
      [['done', 0, 0]],
    );
    assert.ok(users.size > 250);
    const [again] = await world.plan('lms');
    assert.deepEqual(again?.counts, { create: 0, update: 0, delete: 0 });
  });

  it('is swapped to files of OneRoster by the same line', async () => {
    const files =
      '  lms: { connector: oneroster-csv, options: { files: { folder: data/collaboration } } }';
    await world.reconfigure(await world.binding('lms'), files);
    const [plan] = await world.plan('lms');
    assert.equal(plan?.target, 'lms:oneroster-csv');
    const { outcome, counts } = runOf(await world.sync('lms'), 'lms');
    assert.deepEqual([outcome, counts['failed'], counts['blocked']], ['done', 0, 0]);
    assert.ok((await world.delivered('enrollments.csv')).split('\r\n').length > 250);
  });

  it('goes on where it was when the old vendor is bound again', async () => {
    await world.reconfigure(await world.binding('lms'), itslearning);
    const [plan] = await world.plan('lms');
    assert.equal(plan?.target, 'lms:itslearning');
    assert.deepEqual(plan?.counts, { create: 0, update: 0, delete: 0 });
  });
});
