import assert from 'node:assert/strict';
import type { SimulatedFault as LmsFault } from '../../connectors/itslearning/simulator.ts';
import type { SimulatedFault as ScimFault } from '../../connectors/scim/simulator.ts';
import { runOf, World } from './world.ts';

/** Whatever a target answers: in the end it holds what it holds when nothing goes wrong. */
describe('a target that', () => {
  let undisturbed: World;
  let lms: ReturnType<typeof contentOf>;
  let identity: readonly string[];

  before(async () => {
    undisturbed = await World.open();
    await undisturbed.night(1, 60);
    await undisturbed.sync();
    lms = contentOf(undisturbed);
    identity = usersOf(undisturbed);
  });
  after(() => undisturbed.close());

  const busy = { kind: 'busy', retryAfter: 0 } as const;
  const lmsCases: readonly (readonly [string, readonly LmsFault[]])[] = [
    ['is busy (429)', [busy, busy, busy]],
    ['breaks before the change (500)', [{ kind: 'error-before' }, { kind: 'error-before' }]],
    ['breaks after the change (500)', [{ kind: 'error-after' }, { kind: 'error-after' }]],
    ['says a fault with status 200', [{ kind: 'fault' }]],
    ['answers a log-in page with status 200', [{ kind: 'html' }]],
    ['answers for half of the batch only', [{ kind: 'half' }, { kind: 'half' }]],
    ['answers after our patience, having made the change', [{ kind: 'slow', ms: 900 }]],
  ];
  for (const [what, faults] of lmsCases) {
    it(`${what}: itslearning`, async () => {
      await withWorld(async (world) => {
        if (faults.some(isSlow)) await world.impatient();
        world.lms.failNext(...faults);
        await syncUntilQuiet(world, 'lms');
        assert.deepEqual(contentOf(world), lms);
      });
    });
  }

  const scimCases: readonly (readonly [string, readonly ScimFault[]])[] = [
    ['is busy (429)', [busy, busy, busy]],
    ['breaks before the change (500)', [{ kind: 'error-before' }, { kind: 'error-before' }]],
    ['breaks after the change (500)', Array.from({ length: 5 }, () => ({ kind: 'error-after' }))],
    ['answers a log-in page with status 200', [{ kind: 'html' }]],
    ['answers after our patience, having made the change', [{ kind: 'slow', ms: 900 }]],
  ];
  for (const [what, faults] of scimCases) {
    it(`${what}: SCIM`, async () => {
      await withWorld(async (world) => {
        if (faults.some(isSlow)) await world.impatient();
        world.identity.failNext(...faults);
        await syncUntilQuiet(world, 'identity');
        assert.deepEqual(usersOf(world), identity);
      });
    });
  }

  it('already has an account of the same name (409): adopts it where it is the same person', async () => {
    await withWorld(async (world) => {
      const [user] = undisturbed.identity.directory.of('Users').values();
      assert.ok(user !== undefined);
      world.identity.directory.of('Users').set(user.id, structuredClone(user));
      await syncUntilQuiet(world, 'identity');
      assert.deepEqual(usersOf(world), identity);
    });
  });

  it("has somebody else's account of that name (409): fails that one alone, and says so", async () => {
    await withWorld(async (world) => {
      const [user] = undisturbed.identity.directory.of('Users').values();
      assert.ok(user !== undefined);
      const stranger = { ...structuredClone(user), id: 'stranger', externalId: 'somebody-else' };
      world.identity.directory.of('Users').set('stranger', stranger);
      const { counts } = runOf(await world.sync('identity'), 'identity');
      assert.equal(counts['failed'], 1);
      const [failure] = await world.withHub((hub) =>
        hub.control.failures({ limit: 10, target: 'identity:scim' }),
      );
      assert.equal(failure?.problem?.code, 'KEY_TAKEN');
      assert.equal(usersOf(world).length, identity.length);
      assert.deepEqual(world.identity.directory.of('Users').get('stranger'), stranger);
      // The stranger's account is mended by hand; the failed one is tried again.
      world.identity.directory.of('Users').delete('stranger');
      const retry = (id: string) => world.withHub((hub) => hub.control.retry([id], 'Kim'));
      assert.equal(await retry(failure?.id ?? ''), 1);
      await world.sync('identity');
      assert.deepEqual(usersOf(world), identity);
    });
  });

  it('is not there at all: everything waits, the other targets are served', async () => {
    await withWorld(async (world) => {
      await world.unhurried();
      await world.lms.stop();
      const report = await world.sync();
      assert.equal(runOf(report, 'identity').outcome, 'done');
      const { outcome, counts, problem } = runOf(report, 'lms');
      assert.deepEqual(
        [outcome, counts['delivered'], problem?.code],
        ['failed', 0, 'CONNECTION_LOST'],
      );
      await world.withHub(async ({ control }) => {
        assert.deepEqual(await control.failures({ limit: 1 }), [], 'nobody has failed for it');
        const told = (await control.findings()).map(({ code, subject }) => `${code} ${subject}`);
        assert.ok(told.includes('CONNECTION_LOST flow lms'), told.join());
      });
    });
  });

  it('has an address that is none ends its own flow, and the others go on', async () => {
    await withWorld(async (world) => {
      world.environment['LMS_URL'] = 'not a url';
      const report = await world.sync();
      assert.equal(runOf(report, 'identity').outcome, 'done');
      assert.notEqual(runOf(report, 'lms').outcome, 'done');
      const found = await world.withHub(({ control }) => control.findings());
      assert.ok(found.some(({ subject }) => subject === 'flow lms'));
    });
  });

  it('lacks its secret: what did not run is a finding', async () => {
    await withWorld(async (world) => {
      delete world.environment['LMS_URL'];
      const report = await world.sync();
      assert.notEqual(runOf(report, 'lms').outcome, 'done');
      const found = await world.withHub(({ control }) => control.findings());
      assert.ok(found.some(({ subject }) => subject === 'flow lms'));
    });
  });

  it('is out for a while: one incident, resolved in the same run, and nobody’s attempts are counted', async () => {
    await withWorld(async (world) => {
      world.identity.failNext(
        ...Array.from({ length: 120 }, () => ({ kind: 'error-before' }) as const),
      );
      const { outcome, counts } = runOf(await world.sync('identity'), 'identity');
      assert.deepEqual([outcome, counts['failed'], counts['retried']], ['done', 0, 0]);
      assert.deepEqual(usersOf(world), identity);
    });
  });

  it('is out for longer than we wait: the run says so, no message has failed, the next run heals', async () => {
    await withWorld(async (world) => {
      world.identity.failNext(
        ...Array.from({ length: 900 }, () => ({ kind: 'error-before' }) as const),
      );
      const first = runOf(await world.sync('identity'), 'identity');
      assert.deepEqual([first.outcome, first.problem?.code], ['failed', 'TARGET_BROKEN']);
      assert.deepEqual(await world.withHub((hub) => hub.control.failures({ limit: 5 })), []);
      // How many of those answers a night meets is a matter of the machine.
      for (let night = 0; night < 12; night++) {
        const { outcome } = runOf(await world.sync('identity'), 'identity');
        if (outcome === 'done') break;
      }
      assert.deepEqual(usersOf(world), identity);
    });
  }).timeout(40_000);

  it('refuses our password: the target is held, no message has failed', async () => {
    await withWorld(async (world) => {
      world.environment['SECRET'] = 'a wrong one';
      const run = runOf(await world.sync('lms'), 'lms');
      assert.deepEqual([run.outcome, run.problem?.code], ['held', 'CREDENTIALS']);
      assert.equal(run.counts['failed'], 0);
    });
  });
});

function isSlow({ kind }: { readonly kind: string }): boolean {
  return kind === 'slow';
}

async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  const world = await World.open();
  try {
    await world.night(1, 60);
    await world.quicken();
    await work(world);
  } finally {
    await world.close();
  }
}

/** As the nights would go: until nothing is left to deliver. */
async function syncUntilQuiet(world: World, flow: string): Promise<void> {
  for (let night = 0; night < 5; night++) {
    const { outcome, counts } = runOf(await world.sync(flow), flow);
    assert.equal(outcome, 'done');
    assert.equal(counts['failed'], 0);
    const [plan] = await world.plan(flow);
    const open =
      (plan?.counts.create ?? 0) + (plan?.counts.update ?? 0) + (plan?.counts.delete ?? 0);
    if (open === 0) return;
  }
  assert.fail('the plan is not empty after five nights');
}

function contentOf({ lms: { site } }: World) {
  const sorted = <T>(map: ReadonlyMap<string, T>) =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, one]) => [id, one]);
  return [sorted(site.persons), sorted(site.groups), sorted(site.memberships)];
}

function usersOf({ identity: { directory } }: World): readonly string[] {
  const users = [...directory.of('Users').values()];
  const shown = users.map(({ id: _id, version: _version, ...rest }) => JSON.stringify(rest));
  return shown.sort();
}
