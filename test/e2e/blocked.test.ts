import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { skolnav } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

/** A school that the learning platform refuses: its course waits for it, and 17 memberships too. */
describe('what waits for another failure', () => {
  let world: World;
  let school: string;

  beforeEach(async () => {
    world = await World.open();
    await world.quicken();
    await publish(
      join(world.folder, 'data', 'register'),
      smallTown('ber-20260901', numbers(1, 17)),
    );
    school = await world.withHub(async ({ engine }) =>
      engine.identity.idOf('register', 'organisation', 'school'),
    );
    // A node of another type has its id, and a node's type cannot be changed.
    world.lms.site.groups.set(school, { title: 'Somebody else', type: 'Course', parent: null });
    const { counts } = runOf(await world.sync('lms'), 'lms');
    assert.deepEqual([counts['failed'], counts['blocked']], [1, 18]);
  });
  afterEach(() => world.close());

  const failures = () => world.withHub(({ control }) => control.failures({ limit: 50 }));
  const run = (...args: readonly string[]) =>
    skolnav(['-C', world.folder, ...args], world.environment);

  it('is one cause with what waits for it, and not nineteen failures', async () => {
    const blockages = await world.withHub(({ control }) => control.blockages());
    assert.deepEqual(
      blockages.map(({ cause, waiting }) => [cause.objectKind, cause.origin.id, waiting]),
      [['school', school, 18]],
    );
    const listed = await failures();
    assert.deepEqual(
      listed.map(({ objectKind }) => objectKind),
      ['school'],
    );
    const { out } = await run('failed', 'list');
    const says = `18 wait for school of organisation ${school}, failed with TARGET_REFUSED`;
    assert.ok(out.includes(says), out);
    assert.equal(out.split('\n').filter((line) => line.includes('membership')).length, 1, out);
  });

  it('is listed one by one only by those who ask for its code', async () => {
    const code = 'PREREQUISITE_MISSING';
    const waiting = await world.withHub(({ control }) => control.failures({ code, limit: 50 }));
    assert.equal(waiting.length, 18);
  });

  it('names what holds it up, at the end of the chain; and the cause says how many wait', async () => {
    const code = 'PREREQUISITE_MISSING';
    const waiting = await world.withHub(({ control }) => control.failures({ code, limit: 50 }));
    const membership = waiting.find(({ objectKind }) => objectKind === 'membership');
    const [cause] = await failures();
    const shown = await run('failed', 'show', membership?.id ?? '');
    const says = `waits  for school of organisation ${school}, failed with TARGET_REFUSED (${cause?.id})`;
    assert.ok(shown.out.includes(says), shown.out);
    const { out } = await run('failed', 'show', cause?.id ?? '');
    assert.match(out, /behind 18 wait for it/);
  });

  it('follows by itself when the cause is tried again and goes', async () => {
    world.lms.site.groups.delete(school);
    const report = await world.withHub(({ control }) =>
      control.retryGroup({
        ...{ target: 'lms:itslearning', code: 'TARGET_REFUSED', who: 'Kim' },
        ...{ onProgress: () => undefined, signal: new AbortController().signal },
      }),
    );
    assert.deepEqual([report.tried, report.mended], [1, 1]);
    assert.deepEqual(await failures(), []);
    assert.deepEqual(await world.withHub(({ control }) => control.blockages()), []);
    assert.equal(world.lms.site.memberships.size, 17);
  });
});
