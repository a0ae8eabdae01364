import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const DAY_MS = 86_400_000;

describe('retention', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    const file = join(world.folder, 'config', 'hub.yaml');
    const rule = 'retention: { runs: 10d, audit: 20d, archive: 5d }';
    await writeFile(file, `${await readFile(file, 'utf8')}${rule}\n`);
    await night('ber-20260901', 5);
    await world.withHub(({ control }) => control.findPersons('register:p1', 'Kim', 'a call'));
  });
  afterEach(() => world.close());

  async function night(name: string, count: number) {
    await publish(join(world.folder, 'data', 'register'), smallTown(name, numbers(1, count)));
    return world.sync();
  }
  const archive = () => readdir(join(world.folder, 'data', 'register', 'archive'));
  const purge = () => world.withHub(({ control }) => control.purge('Kim'));

  it('keeps what is younger than it says', async () => {
    world.now += 4 * DAY_MS;
    const { runs, holds, audit, files } = await purge();
    assert.deepEqual([runs, holds, audit, files], [0, 0, 0, 0]);
    assert.notEqual((await archive()).length, 0);
  });

  it('forgets runs, audit and archived files, each in its time, and nothing that is needed', async () => {
    const before = await world.picture();
    world.now += 6 * DAY_MS;
    assert.notEqual((await purge()).files, 0);
    assert.deepEqual(await archive(), []);
    world.now += 5 * DAY_MS;
    const { runs, audit } = await purge();
    assert.deepEqual([runs, audit], [4, 0]);
    world.now += 10 * DAY_MS;
    assert.equal((await purge()).audit, 1);
    await night('ber-20260922', 5);
    assert.deepEqual(await world.picture(), before);
  });

  it('says which archive could not be reached, and why, and forgets all else', async () => {
    world.now += 30 * DAY_MS;
    await rm(join(world.folder, 'data', 'register'), { recursive: true });
    const { runs, files, unreached } = await purge();
    assert.deepEqual([runs > 0, files], [true, 0]);
    assert.deepEqual(
      unreached.map(({ module, problem }) => [module, problem.code]),
      [['register', 'FILE_MISSING']],
    );
  });

  it('is kept by serve, once a day, after the night', async () => {
    world.now = Date.parse('2026-09-20T06:50:00+02:00');
    const signal = new AbortController().signal;
    await world.withHub(async ({ control }) => {
      await control.scheduler().turn(signal);
      assert.notEqual((await archive()).length, 0);
      world.now = Date.parse('2026-09-20T07:10:00+02:00');
      await control.scheduler().turn(signal);
      assert.deepEqual(await archive(), []);
    });
  });

  it('leaves no trace of a person whom no source speaks of any more', async () => {
    const holds = async (text: string) => (await world.storedText()).includes(text);
    assert.equal(await holds('p5@skola.example'), true);
    await night('ber-20260902', 4);
    // A busy machine may need a second delivery: the ledger remembers until the target confirms.
    await world.sync();
    assert.equal(
      await holds('p5@skola.example'),
      true,
      'the account is shut, and may be opened again',
    );
    world.now += 31 * 86_400_000;
    await world.sync();
    assert.equal(await holds('p5@skola.example'), false);
    assert.equal(await holds('p4@skola.example'), true);
  });
});
