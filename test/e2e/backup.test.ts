import assert from 'node:assert/strict';
import { copyFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { pending } from '../pending.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

/** As docs/operating.md says: `skolnav backup`, and put it back while the hub is stopped. */
describe('a backup that is put back', () => {
  let world: World;

  before(async function () {
    world = await World.open();
    if (world.cluster !== null) {
      pending(this, 'the file of one machine is put back: test/cluster/move.test.ts has the other');
    }
  });
  after(() => world.close());

  const backUp = (name: string) =>
    world.withHub(({ control }) => control.backup(join(world.folder, name), 'Kim'));

  it('loses nothing: the next sync reads on, and delivers what was delivered since again', async () => {
    const database = join(world.folder, 'data', 'hub', 'skolnav.db');
    const register = join(world.folder, 'data', 'register');
    await publish(register, smallTown('ber-20260901', numbers(1, 8)));
    await world.sync();
    await backUp('backup.db');
    await publish(register, smallTown('ber-20260902', numbers(3, 10)));
    await world.sync();

    for (const end of ['', '-wal', '-shm']) await rm(database + end, { force: true });
    await copyFile(join(world.folder, 'backup.db'), database);
    await publish(register, smallTown('ber-20260903', numbers(3, 11)));
    const report = await world.sync();
    for (const { subject, outcome, counts } of report.flows) {
      assert.deepEqual([subject, outcome, counts['failed']], [subject, 'done', 0]);
    }
    const users = world.accounts();
    const names = numbers(3, 11).map((number) => `p${number}@skola.example`);
    assert.deepEqual(users.map(({ userName }) => userName).sort(), names.sort());
    const living = [...world.lms.site.persons.values()].filter(({ inTrash }) => !inTrash);
    assert.equal(living.length, names.length);
    assert.equal(world.lms.site.memberships.size, names.length);
    for (const { counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
  });

  it('is readable for its owner alone, audited, and takes the place of no file', async () => {
    await backUp('second.db');
    assert.equal((await stat(join(world.folder, 'second.db'))).mode & 0o777, 0o600);
    const [entry] = await world.withHub(({ control }) => control.auditTrail(1));
    assert.deepEqual([entry?.who, entry?.action], ['Kim', 'backup']);
    for (const [name, why] of [
      ['second.db', /second.db is there already$/],
      ['not-there/third.db', /third.db could not be written: it, or the folder .* is not there$/],
      ['second.db/fourth.db', /could not be written: a part of its path is no folder$/],
    ] as const) {
      await assert.rejects(backUp(name), { code: 'BACKUP_REFUSED', message: why });
    }
    const left = (await readdir(world.folder)).filter((name) => name.endsWith('.part'));
    assert.deepEqual(left, []);
  });
});
