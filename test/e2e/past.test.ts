import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { Past, PastTarget } from '../../core/control/control-bus.ts';
import { batchOf, type Town } from '../situations/town.ts';
import { skolnavIn } from './skolnav.ts';
import { World } from './world.ts';

const TOWN: Town = {
  persons: { anna: { given: 'Anna' }, bo: { given: 'Bo' }, siv: { given: 'Siv', privacy: 1 } },
  enrolments: [{ person: 'anna' }, { person: 'bo' }, { person: 'siv' }],
  classes: {
    '7a': {
      members: { anna: ['2026-08-18'], bo: ['2026-08-18', '2026-09-01'], siv: ['2026-08-18'] },
    },
  },
};

/** "Why was Anna not in the portal last Tuesday?" */
describe('an earlier day of a person', () => {
  let world: World;
  let anna: string;

  const night = async (day: string) => {
    await publish(join(world.folder, 'data', 'register'), batchOf(day, TOWN));
    world.now = Date.parse(`${day}T03:00:00+02:00`);
    const signal = new AbortController().signal;
    const request = { flow: null, onProgress: () => undefined, signal, patienceMs: 2000 };
    await world.withHub(({ control }) => control.sync({ ...request, deliver: true }));
  };
  const past = (day: string): Promise<Past> =>
    world.withHub(({ control }) => control.past({ kind: 'person', id: anna }, day, 'Kim'));
  const inFlow = async (name: string, day: string): Promise<PastTarget> => {
    const found = (await past(day)).targets.find(({ flow }) => flow === name);
    assert.ok(found !== undefined);
    return found;
  };

  before(async () => {
    world = await World.open();
    // Somebody else had Anna's user name in the portal until the second night.
    const stranger = { id: 'x', version: 1, userName: 'anna@skola.example', externalId: 'else' };
    const users = world.identity.directory.of('Users');
    users.set('x', stranger);
    await night('2026-09-01');
    users.delete('x');
    await night('2026-09-02');
    world.now = Date.parse('2026-09-04T09:00:00+02:00');
    anna = await world.withHub(async ({ control }) => {
      const [person] = await control.findPersons('register:anna', 'Kim', '');
      return person?.id ?? '';
    });
  });
  after(() => world.close());

  it('says what had failed then, and when that ended', async () => {
    const { verdict, run, objects } = await inFlow('identity', '2026-09-01');
    assert.deepEqual([verdict, run?.outcome], ['sent', 'done']);
    const user = objects.find(({ objectKind }) => objectKind === 'User');
    assert.deepEqual([user?.was, user?.problem?.code], ['changed', 'KEY_TAKEN']);
    assert.equal(user?.ended?.how, 'delivered');
    const later = (await inFlow('identity', '2026-09-03')).objects;
    const [now] = later.filter(({ objectKind }) => objectKind === 'User');
    assert.deepEqual([now?.was, now?.problem], ['there', null]);
  });

  it('says of what the target has held since that it was there', async () => {
    const { objects } = await inFlow('lms', '2026-09-01');
    assert.ok(objects.length > 0);
    assert.deepEqual([...new Set(objects.map(({ was }) => was))], ['there']);
  });

  it('says of a day before the first run that none is kept, and how far back it reaches', async () => {
    const before = await past('2026-08-30');
    assert.deepEqual(before.intakes, []);
    assert.ok(before.targets.every(({ run }) => run === null));
    assert.equal(before.keptFrom, '2025-07-31');
    const problems = before.targets.flatMap(({ objects }) => objects.map((one) => one.problem));
    assert.ok(problems.every((one) => one === null));
  });

  it('judges by the calendar of then: before school began she was not to be there', async () => {
    const { verdict } = await inFlow('identity', '2026-03-01');
    assert.notEqual(verdict, 'sent');
  });

  it('has the members of a group of that day, and no protected one', async () => {
    const [group] = (await past('2026-09-01')).groups;
    const on = (day?: string) =>
      world.withHub(({ control }) => control.members(group?.id ?? '', day, 'Kim'));
    const namesOn = async (day?: string) => (await on(day))?.members.map(({ name }) => name);
    assert.deepEqual(await namesOn('2026-09-01'), ['Anna Ek', 'Bo Ek']);
    assert.deepEqual(await namesOn(), ['Anna Ek']);
    assert.deepEqual(await namesOn('2026-08-01'), []);
    const { out } = await skolnavIn(world, 'members', group?.id ?? '', '--on', '2026-09-01');
    assert.match(out, /on 2026-09-01\n.*Bo Ek +\d* +2026-08-18 +2026-09-01/s);
  });

  it('is told by the command line, with how far back it is kept, and noted', async () => {
    const { out } = await skolnavIn(world, 'trace', anna, '--on', '2026-09-01');
    assert.match(out, /at the end of 2026-09-01\n +Runs and failures are kept from [\d-]{10} on/);
    assert.match(out, /User \S+ what was there is not kept/);
    assert.match(out, /it had failed \(delivered 2026-09-02 03:00:00\): KEY_TAKEN/);
    const [entry] = await world.withHub(({ control }) =>
      control.auditTrail(1, { action: 'trace past' }),
    );
    assert.deepEqual([entry?.subject, entry?.reason], [`person ${anna}`, '2026-09-01']);
  });
});
