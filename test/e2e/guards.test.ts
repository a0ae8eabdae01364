import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { skolnavIn } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

describe('guards', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await send('ber-20260901', numbers(1, 300));
    const report = await world.sync();
    assert.ok(report.flows.every(({ outcome }) => outcome === 'done'));
  });
  afterEach(() => world.close());

  const send = (name: string, pupils: readonly number[]) =>
    publish(join(world.folder, 'data', 'register'), smallTown(name, pupils));
  const users = () => world.accounts().length;

  const skolnav = (...args: readonly string[]) => skolnavIn(world, ...args);

  async function openHolds(): Promise<readonly { id: string; subject: string }[]> {
    return JSON.parse((await skolnav('hold', 'list', '--json')).out);
  }

  it('hold a source that delivers too little, and nothing is changed', async () => {
    const before = await world.picture();
    await send('ber-20260902', numbers(1, 200));
    const { out, code } = await skolnav('sync');
    assert.equal(code, 3, out);
    assert.match(out, /SOURCE_SHRUNK/);
    assert.match(out, /200 where the last good run left 300/);
    assert.deepEqual(await world.picture(), before);
  });

  it('let exactly what a person approved go, once', async () => {
    await send('ber-20260902', numbers(1, 200));
    await skolnav('sync');
    const [hold] = await openHolds();
    assert.equal(hold?.subject, 'intake register');
    const shown = await skolnav('hold', 'show', hold.id);
    assert.match(shown.out, /person/);
    const waiting = await skolnav('plan');
    assert.equal(waiting.code, 3);
    assert.match(waiting.out, /^SOURCE_SHRUNK {2}intake register\n/m);
    const approved = await skolnav('hold', 'approve', hold.id, '--reason', 'a school has closed');
    assert.equal(approved.code, 0, approved.out);
    // The source is believed now; the plan that follows would delete a third of everybody.
    const { code } = await skolnav('sync');
    assert.equal(code, 3);
    assert.equal(users(), 300);
    const holds = await openHolds();
    assert.deepEqual(holds.map(({ subject }) => subject).sort(), [
      'flow collaboration',
      'flow identity',
      'flow lms',
    ]);
    assert.equal((await skolnav('plan')).code, 3);
    for (const { id } of holds) {
      const { out, code } = await skolnav('hold', 'approve', id, '--reason', 'as agreed');
      assert.equal(code, 0, out);
    }
    const approvedPlan = await skolnav('plan');
    assert.equal(approvedPlan.code, 0, approvedPlan.out);
    assert.doesNotMatch(approvedPlan.out, /would wait for a person/);
    const last = await skolnav('sync');
    assert.equal(last.code, 0, last.out);
    assert.equal(users(), 200);
    assert.deepEqual(await openHolds(), []);
  });

  it('hold a plan that deletes too much, flow by flow', async () => {
    await send('ber-20260902', numbers(1, 287));
    const report = await world.sync();
    assert.equal(runOf(report, 'register').outcome, 'done');
    for (const name of ['collaboration', 'identity', 'lms']) {
      const run = runOf(report, name);
      assert.deepEqual([run.outcome, run.problem?.code], ['held', 'GUARD_LIMIT'], name);
      assert.match(run.problem?.text ?? '', /delete 13 of 300/);
    }
    assert.equal(users(), 300);
  });

  it('hold a plan that creates more than the target holds: a file ten times too large', async () => {
    await send('ber-20260902', numbers(1, 700));
    const run = runOf(await world.sync('identity'), 'identity');
    assert.deepEqual([run.outcome, run.problem?.code], ['held', 'GUARD_LIMIT']);
    assert.match(run.problem?.text ?? '', /create 400 beside 300 User/);
    assert.equal(users(), 300);
  });

  it('do not use an approval up in a run that the target has refused', async () => {
    await send('ber-20260902', numbers(1, 287));
    await skolnav('sync');
    const approve = async (subject: string) => {
      const hold = (await openHolds()).find((one) => one.subject === subject);
      const { code, out } = await skolnav('hold', 'approve', hold?.id ?? '', '--reason', 'agreed');
      assert.equal(code, 0, out);
    };
    await approve('flow identity');
    const secret = world.environment['SECRET'] ?? '';
    world.environment['SECRET'] = 'another one';
    assert.equal(runOf(await world.sync('identity'), 'identity').problem?.code, 'CREDENTIALS');
    assert.equal(users(), 300);
    world.environment['SECRET'] = secret;
    await approve('target identity:scim');
    assert.equal(runOf(await world.sync('identity'), 'identity').outcome, 'done');
    assert.equal(users(), 287);
  });

  it('let few deletions pass', async () => {
    await send('ber-20260902', numbers(1, 294));
    const report = await world.sync();
    assert.ok(report.flows.every(({ outcome }) => outcome === 'done'));
    assert.equal(users(), 294);
  });

  it('hold anew where the plan has changed since it was approved', async () => {
    await send('ber-20260902', numbers(1, 287));
    await world.sync('identity');
    const [hold] = await openHolds();
    assert.ok(hold !== undefined);
    await skolnav('hold', 'approve', hold.id, '--reason', 'thirteen have moved');
    await send('ber-20260903', numbers(1, 286));
    const run = runOf(await world.sync('identity'), 'identity');
    assert.equal(run.outcome, 'held');
    assert.match(run.problem?.text ?? '', /delete 14 of 300/);
    assert.equal(users(), 300);
  });

  it('leave the target as it is where a person rejects the plan, and ask again next night', async () => {
    await send('ber-20260902', numbers(1, 287));
    await world.sync('identity');
    const [hold] = await openHolds();
    assert.ok(hold !== undefined);
    const { code } = await skolnav('hold', 'reject', hold.id, '--reason', 'a faulty export');
    assert.equal(code, 0);
    assert.equal(runOf(await world.sync('identity'), 'identity').outcome, 'held');
    assert.equal(users(), 300);
    await send('ber-20260903', numbers(1, 300));
    assert.equal(runOf(await world.sync('identity'), 'identity').outcome, 'done');
    assert.equal(users(), 300);
  });

  it('keep in the audit trail who decided what, and why', async () => {
    await send('ber-20260902', numbers(1, 287));
    await world.sync('identity');
    const [hold] = await openHolds();
    const { out, code } = await skolnav(
      ...['hold', 'approve', hold?.id ?? '', '--reason', 'thirteen have moved'],
    );
    assert.equal(code, 0, out);
    const trail = await world.withHub((hub) => hub.control.auditTrail(5));
    assert.ok(
      trail.some(({ who, reason }) => who === 'Kim' && reason === 'thirteen have moved'),
      JSON.stringify(trail),
    );
  });
});
