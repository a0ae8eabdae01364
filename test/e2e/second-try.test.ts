import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { skolnavIn } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

const TABLE = 'mappings/barn-och-elevregister/tables/sex.csv';

/** Mended here, a record is taken in although its sender does not send it again. */
describe('a record of a delta with a code that no table knows', () => {
  let world: World;
  let hour: number;

  beforeEach(async () => {
    world = await World.open();
    hour = 2;
    await publish(register(), smallTown('ber-20260901', numbers(1, 9)));
    await world.sync();
    await delta(person(7, 'Nyman', { gender: 'X' }));
    assert.equal((await intake()).counts['quarantined'], 1);
    assert.equal(name(), 'Kim Ek');
  });
  afterEach(() => world.close());

  const register = () => join(world.folder, 'data', 'register');
  const person = (
    number: number,
    family: string,
    { gender = 'Male', recstatus = 1, born = '2013-04-12' } = {},
  ) =>
    `<person recstatus="${recstatus}"><sourcedid><id>p${number}</id></sourcedid><name><n>
<family>${family}</family><given>Kim</given></n></name>
<demographics><gender>${gender}</gender><bday>${born}</bday></demographics></person>`;
  const time = () => `2026-09-01T${String(hour).padStart(2, '0')}:00:00+02:00`;
  async function delta(...elements: readonly string[]): Promise<void> {
    const from = time();
    hour += 1;
    const batch = `ber-20260901T${time().slice(11, 13)}00-delta`;
    await publish(register(), {
      name: batch,
      datetime: time(),
      window: { from, to: time() },
      elements,
    });
  }
  const intake = async () => runOf(await world.sync(), 'register');
  const failures = async () =>
    (await world.withHub(({ control }) => control.failures({ limit: 5 }))).map(
      ({ problem }) => problem?.code,
    );
  const name = () =>
    world.accounts().find(({ userName }) => userName === 'p7@skola.example')?.['displayName'];
  async function addRow(row: string): Promise<void> {
    const text = await readFile(join(BUILT_IN_FOLDER, TABLE), 'utf8');
    await world.write(TABLE, `${text.trimEnd()}\n${row}\n`);
  }

  it('is found by a retry of its group, which says that every sync does that', async () => {
    const group = ['--target', 'register', '--code', 'CODE_UNMAPPED'];
    const { out, code } = await skolnavIn(world, 'failed', 'retry', ...group);
    assert.equal(code, 1);
    assert.match(out, /^1 in the group, 0 tried, 0 mended\.$/m);
    assert.match(out, /^1 are records or mapping faults: every skolnav sync judges them anew\.$/m);
  });

  it('is put back on the list by a command, and no retry can go on that was not paused', async () => {
    const [failed] = await world.withHub(({ control }) => control.failures({ limit: 1 }));
    const id = failed?.id ?? '';
    await skolnavIn(world, 'failed', 'discard', id, '--reason', 'a test');
    assert.match((await skolnavIn(world, 'failed', 'restore', id)).out, /^1 of 1 are on the list/m);
    assert.deepEqual(await failures(), ['CODE_UNMAPPED']);
    assert.equal((await skolnavIn(world, 'failed', 'restore', id)).code, 1);
    const group = ['--target', 'register', '--code', 'CODE_UNMAPPED', '--resume'];
    const { out, code } = await skolnavIn(world, 'failed', 'retry', ...group);
    assert.deepEqual([code, out.trim()], [1, 'No retry of this group is paused.']);
  });

  it('waits for its mending, and is told once', async () => {
    const { counts } = await intake();
    assert.deepEqual([counts['records'], counts['quarantined']], [0, 0]);
    assert.deepEqual(await failures(), ['CODE_UNMAPPED']);
    assert.equal(name(), 'Kim Ek');
  });

  it('is taken in and delivered with the next sync once the table has the row', async () => {
    await addRow('X,Okänt');
    const { counts } = await intake();
    assert.deepEqual([counts['changed'], counts['resolved']], [1, 1]);
    assert.equal(name(), 'Kim Nyman');
    assert.deepEqual(await failures(), []);
    assert.equal((await intake()).counts['changed'], 0);
  });

  it('comes back where its discard is undone, until the next sync has swept it', async () => {
    const [failed] = await world.withHub(({ control }) => control.failures({ limit: 1 }));
    const ids = [failed?.id ?? ''];
    const discard = () => world.withHub(({ control }) => control.discard(ids, 'Kim', 'a test'));
    const restore = () => world.withHub(({ control }) => control.restore(ids, 'Kim'));
    await discard();
    assert.deepEqual(await failures(), []);
    assert.equal(await restore(), 1);
    assert.deepEqual(await failures(), ['CODE_UNMAPPED']);
    await discard();
    await intake();
    assert.equal(await restore(), 0);
    await addRow('X,Okänt');
    await intake();
    assert.equal(name(), 'Kim Ek', 'it was swept, and is not tried again');
  });

  it('says what else is wrong with it, once that is all that is left', async () => {
    const unborn = person(7, 'Nyman', { gender: 'X', born: '2027-04-12' });
    await delta(person(8, 'Sen', { gender: 'Y' }), unborn);
    await intake();
    await addRow('X,Okänt');
    await intake();
    assert.deepEqual((await failures()).sort(), ['CODE_UNMAPPED', 'ENTITY_INVALID']);
  });

  it('gives way to what the register says of the person since', async () => {
    await delta(person(7, 'Berg'));
    await intake();
    assert.deepEqual(await failures(), []);
    await addRow('X,Okänt');
    await intake();
    assert.equal(name(), 'Kim Berg');
  });

  it('gives way to what comes later in the same batch', async () => {
    await delta(person(7, 'Nyman', { gender: 'X' }), person(7, 'Berg'));
    await intake();
    assert.deepEqual(await failures(), []);
    await publish(register(), {
      ...smallTown('ber-20260902', numbers(1, 9)),
      elements: (smallTown('ber-20260902', numbers(1, 9)).elements ?? []).flatMap((one) =>
        one.includes('<id>p7</id>') && one.startsWith('<person')
          ? [person(7, 'Nyman', { gender: 'X' }), person(7, 'Berg')]
          : [one],
      ),
    });
    await intake();
    assert.deepEqual(await failures(), []);
    await addRow('X,Okänt');
    await intake();
    assert.equal(name(), 'Kim Berg');
  });

  it('does not bring back who is deleted since', async () => {
    await delta(person(7, 'Nyman', { gender: 'X', recstatus: 3 }));
    await intake();
    assert.deepEqual(await failures(), []);
    await addRow('X,Okänt');
    await intake();
    assert.equal(name(), undefined);
  });

  it('is forgotten where the next full batch does without it', async () => {
    await publish(register(), smallTown('ber-20260902', numbers(1, 9)));
    await intake();
    assert.deepEqual(await failures(), []);
    await addRow('X,Okänt');
    await intake();
    assert.equal(name(), 'Kim Ek');
  });

  it('is forgotten where a person says so', async () => {
    const [failed] = await world.withHub(({ control }) => control.failures({ limit: 5 }));
    await world.withHub(({ control }) => control.discard([failed?.id ?? ''], 'kim', 'a test'));
    await addRow('X,Okänt');
    assert.equal((await intake()).counts['changed'], 0);
    assert.equal(name(), 'Kim Ek');
  });
});
