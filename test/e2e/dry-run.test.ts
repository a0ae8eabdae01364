import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { skolnavIn } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

/** A dry run shows what a sync would do, and changes nothing: no store, no file, no approval. */
describe('a dry run', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await send('ber-20260901', numbers(1, 40));
  });
  afterEach(() => world.close());

  const send = (name: string, pupils: readonly number[]) =>
    publish(join(world.folder, 'data', 'register'), smallTown(name, pupils));
  const dryRun = () => skolnavIn(world, 'sync', '--dry-run');

  /** Every file and folder of the workspace, with its content. */
  async function everything(): Promise<readonly string[]> {
    const names = (await readdir(world.folder, { recursive: true })).sort();
    return Promise.all(
      names.map(async (name) => {
        const file = join(world.folder, name);
        const { mode } = await stat(file);
        const bytes = (await stat(file)).isFile() ? await readFile(file) : '';
        return `${name} ${mode} ${createHash('sha256').update(bytes).digest('hex')}`;
      }),
    );
  }

  it('before the first sync leaves nothing behind, and shows the plans', async () => {
    const before = await everything();
    const { code, out } = await dryRun();
    assert.equal(code, 0);
    assert.match(out, /\+ User/);
    assert.deepEqual(await everything(), before);
  });

  it('leaves what is kept, what lies there and what persons have approved as it is', async () => {
    await world.sync();
    await send('ber-20260902', numbers(1, 20));
    await world.sync();
    const holds = () => world.withHub(({ control }) => control.holds());
    const [hold] = await holds();
    assert.ok(hold !== undefined);
    await world.withHub(({ control }) =>
      control.decideHolds([hold.id], { approve: true, who: 'Kim', reason: 'so', units: null }),
    );
    const decided = await holds();
    const before = await everything();
    const { out } = await dryRun();
    assert.match(out, /delete/);
    assert.deepEqual(await everything(), before);
    assert.deepEqual(await holds(), decided);
    assert.equal(runOf(await world.sync(), 'register').outcome, 'done', 'as it was approved');
  });

  it('is not needed to see that something lies there unread: a plan says so', async () => {
    await world.sync();
    assert.doesNotMatch((await skolnavIn(world, 'plan')).out, /unread/);
    await send('ber-20260902', numbers(1, 39));
    assert.match((await skolnavIn(world, 'plan')).out, /register: something new lies there unread/);
    await world.waitForMissing();
    await world.sync();
    const { out } = await skolnavIn(world, 'plan');
    assert.match(out, /1 of person are missing, and go if they stay so with the next sync/);
  });
});
