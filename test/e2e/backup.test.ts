import assert from 'node:assert/strict';
import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

/** As docs/operating.md says: copy the file while the hub is stopped, put it back. */
describe('a backup that is put back', () => {
  let world: World;

  before(async () => {
    world = await World.open();
  });
  after(() => world.close());

  it('loses nothing: the next sync reads on, and delivers what was delivered since again', async () => {
    const database = join(world.folder, 'data', 'hub', 'skolnav.db');
    const register = join(world.folder, 'data', 'register');
    await publish(register, smallTown('ber-20260901', numbers(1, 8)));
    await world.sync();
    await copyFile(database, join(world.folder, 'backup.db'));
    await publish(register, smallTown('ber-20260902', numbers(3, 10)));
    await world.sync();

    for (const end of ['', '-wal', '-shm']) await rm(database + end, { force: true });
    await copyFile(join(world.folder, 'backup.db'), database);
    await publish(register, smallTown('ber-20260903', numbers(3, 11)));
    const report = await world.sync();
    for (const { subject, outcome, counts } of report.flows) {
      assert.deepEqual([subject, outcome, counts['failed']], [subject, 'done', 0]);
    }
    const users = [...world.identity.directory.of('Users').values()];
    const names = numbers(3, 11).map((number) => `p${number}@skola.example`);
    assert.deepEqual(users.map(({ userName }) => userName).sort(), names.sort());
    const living = [...world.lms.site.persons.values()].filter(({ inTrash }) => !inTrash);
    assert.equal(living.length, names.length);
    assert.equal(world.lms.site.memberships.size, names.length);
    for (const { counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
  });
});
