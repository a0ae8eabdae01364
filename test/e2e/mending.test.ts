import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

/** What a person does about what has failed, and what mends itself. */
describe('mending', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await world.quicken();
    // Accounts that another system made have the names of forty of our users.
    for (const number of numbers(1, 40)) block(number);
    await send('ber-20260901', 50);
    assert.equal(runOf(await world.sync('identity'), 'identity').counts['failed'], 40);
  });
  afterEach(() => world.close());

  const users = () => world.identity.directory.of('Users');
  const send = (name: string, count: number) =>
    publish(join(world.folder, 'data', 'register'), smallTown(name, numbers(1, count)));
  function block(number: number) {
    const userName = `p${number}@skola.example`;
    users().set(`x${number}`, { id: `x${number}`, version: 1, userName, externalId: 'else' });
  }
  const retryGroup = () =>
    world.withHub(({ control }) =>
      control.retryGroup({
        ...{ target: 'identity:scim', code: 'KEY_TAKEN', who: 'Kim' },
        ...{ onProgress: () => undefined, signal: new AbortController().signal },
      }),
    );

  it('tries one of a group, and stops there while the fault is not mended', async () => {
    const before = world.identity.calls();
    const report = await retryGroup();
    assert.deepEqual(report, { found: 40, tried: 1, mended: 0, stoppedAt: 1 });
    assert.ok(world.identity.calls() - before < 10);
  });

  it('tries a twentieth next, and stops there too', async () => {
    const failed = await world.withHub(({ control }) => control.failures({ limit: 1 }));
    const first = failed[0]?.origin.id;
    const isFirst = (number: number) =>
      world.withHub(
        async ({ engine }) => engine.identity.idOf('register', 'person', `p${number}`) === first,
      );
    for (const number of numbers(1, 40)) {
      if (!(await isFirst(number))) continue;
      users().delete(`x${number}`);
      break;
    }
    const { tried, mended, stoppedAt } = await retryGroup();
    assert.deepEqual([tried, mended, stoppedAt], [3, 1, 2]);
  });

  it('delivers the whole group once the fault is mended, and nothing is left on the list', async () => {
    for (const number of numbers(1, 40)) users().delete(`x${number}`);
    assert.deepEqual(await retryGroup(), { found: 40, tried: 40, mended: 40, stoppedAt: null });
    assert.equal(users().size, 50);
    await world.sync('identity');
    assert.deepEqual(await world.withHub(({ control }) => control.failures({ limit: 5 })), []);
    const [entry] = await world.withHub(({ control }) => control.auditTrail(1));
    assert.deepEqual([entry?.who, entry?.subject], ['Kim', 'identity:scim KEY_TAKEN']);
  });

  const group = { target: 'identity:scim', code: 'KEY_TAKEN', objectKind: 'User' } as const;
  const asked = (onProgress: () => void, signal: AbortSignal = new AbortController().signal) => {
    return { ...group, who: 'Kim', onProgress, signal };
  };

  it('pauses a retry before its next step, and goes on where it was, in another process', async () => {
    for (const number of numbers(1, 40)) users().delete(`x${number}`);
    const paused = await world.withHub(({ control }) => {
      const pause = () => void control.askRetry(group, 'pause', 'Robin');
      return control.retryGroup(asked(pause));
    });
    assert.deepEqual([paused.tried, paused.mended, paused.endedBy], [1, 1, 'paused']);
    const resume = () =>
      world.withHub(({ control }) => control.resumeRetry(asked(() => undefined)));
    assert.deepEqual(await resume(), { found: 40, tried: 40, mended: 40, stoppedAt: null });
    assert.equal(users().size, 50);
    assert.equal(await resume(), null, 'it is done');
  });

  it('knows a retry whose process has gone as paused, with the step that it was in', async () => {
    for (const number of numbers(1, 40)) users().delete(`x${number}`);
    const stop = new AbortController();
    const broken = world.withHub(({ control }) =>
      control.retryGroup(asked(() => stop.abort(new Error('gone')), stop.signal)),
    );
    await assert.rejects(broken);
    await world.withHub(async ({ control }) => {
      const kept = await control.retryOf(group);
      assert.deepEqual([kept?.state, kept?.stage, kept?.tried], ['paused', 1, 0]);
      const report = await control.resumeRetry(asked(() => undefined));
      assert.deepEqual([report?.tried, report?.mended], [40, 40]);
    });
  });

  it('ends a retry that is cancelled: nobody can let it go on', async () => {
    await world.withHub(async ({ control }) => {
      for (const number of numbers(1, 40)) users().delete(`x${number}`);
      const report = await control.retryGroup(
        asked(() => void control.askRetry(group, 'cancel', 'Robin')),
      );
      assert.deepEqual([report.tried, report.endedBy], [1, 'cancelled']);
      assert.equal(await control.resumeRetry(asked(() => undefined)), null);
      assert.equal(await control.askRetry(group, 'pause', 'Robin'), false);
    });
  });

  it('closes failures by itself when a later run succeeds, and says how many', async () => {
    for (const number of numbers(1, 30)) users().delete(`x${number}`);
    const { counts } = runOf(await world.sync('identity'), 'identity');
    assert.deepEqual([counts['resolved'], counts['failed']], [30, 10]);
  });

  it('lets nobody retry what newer data have made void', async () => {
    const [failed] = await world.withHub(({ control }) => control.failures({ limit: 1 }));
    assert.ok(failed !== undefined);
    await send('ber-20260902', 0);
    const report = await world.sync('identity');
    assert.equal(runOf(report, 'register').outcome, 'held');
    const [hold] = await world.withHub(({ control }) => control.holds('open'));
    await world.withHub(({ control }) =>
      control.decideHolds([hold?.id ?? ''], {
        approve: true,
        units: null,
        who: 'K',
        reason: 'closed',
      }),
    );
    await world.sync('identity');
    const found = await world.withHub(({ control }) => control.retry([failed.id], 'Kim'));
    assert.equal(found, 0);
    assert.equal(await world.withHub(({ control }) => control.failure(failed.id)), null);
  });

  it('sends an object again that the target has confirmed, when a person says so', async () => {
    for (const number of numbers(1, 40)) users().delete(`x${number}`);
    await world.sync('identity');
    const user = [...users().values()].find(({ userName }) => userName === 'p45@skola.example');
    assert.ok(user !== undefined);
    user['displayName'] = 'Somebody Else';
    const resend = (flow: string, objectKind: string, key: string) =>
      world.withHub(({ control }) =>
        control.resend({ flow, objectKind, key, who: 'Kim', reason: 'lost there' }),
      );
    assert.equal(await resend('identity', 'User', String(user['externalId'])), 'object');
    assert.equal(runOf(await world.sync('identity'), 'identity').counts['delivered'], 1);
    assert.equal(user['displayName'], 'Kim Ek');
    assert.equal(await resend('identity', 'User', 'nobody'), 'unknown');
    assert.ok((await world.plan('identity')).every(({ counts }) => counts.update === 0));
  });

  it('writes the whole set again where the target takes sets', async () => {
    await world.sync('collaboration');
    const file = join(world.folder, 'data', 'collaboration', 'users.csv');
    await rm(file);
    await world.sync('collaboration');
    await assert.rejects(world.delivered('users.csv'), 'an empty plan delivers nothing');
    const [user] = [...users().values()].filter(({ externalId }) => externalId !== 'else');
    const key = String(user?.['externalId']);
    const question = { flow: 'collaboration', objectKind: 'users', key };
    const resent = await world.withHub(({ control }) =>
      control.resend({ ...question, who: 'Kim', reason: 'the file was lost' }),
    );
    assert.equal(resent, 'set');
    await world.sync('collaboration');
    assert.match(await world.delivered('users.csv'), /p50@/);
  });
});
