import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { SituationTown } from './situation-town.ts';
import { batchOf, type Town } from './town.ts';

const TOWN: Town = {
  persons: { kim: { born: '2013-04-12' }, mia: { given: 'Mia', born: '2013-05-12' }, tea: {} },
  enrolments: [{ person: 'kim' }, { person: 'mia' }],
  classes: {
    '7a': { members: { kim: ['2026-08-18'] } },
    '7b': { members: { mia: ['2026-08-18'] } },
  },
};

/** Whoever is there for two reasons is there once, and goes when the last of them has gone. */
describe('situations in which somebody is named more than once', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
    await town.world.guard('{ maxDelete: 100%, maxUpdate: 100%, minimum: 10 }');
  });
  afterEach(() => town.close());

  const rows = async (file: string) => {
    const text = await town.world.delivered(file);
    return text.trim().split('\r\n').slice(1).sort();
  };
  const members = () =>
    [...town.world.identity.directory.of('Groups').values()]
      .map(({ members: all }) => {
        return Array.isArray(all) ? all.length : 0;
      })
      .sort();
  const counts = async () => ({
    ...{ portal: members(), lms: town.memberships().length },
    sds: (await rows('enrollments.csv')).length,
  });

  it('two memberships of one class that overlap', async () => {
    const first = batchOf('2026-09-01', TOWN);
    const twice = (first.elements ?? []).map((element) => twoMemberships(element));
    await publish(join(town.world.folder, 'data', 'register'), { ...first, elements: twice });
    await town.at('2026-09-01T03:00:00+02:00');
    const once = { portal: [1, 1], lms: 2, sds: 2 };
    assert.deepEqual(await counts(), once);
    await town.at('2026-09-04T03:00:00+02:00');
    assert.deepEqual(await counts(), once, 'one reason is left');
    await town.at('2026-09-11T03:00:00+02:00');
    assert.deepEqual(await counts(), { portal: [0, 1], lms: 1, sds: 1 });
  });

  it('two posts at one school: one role, as long as one of them lasts', async () => {
    const one = { id: 'd1', person: 'tea' };
    const other = { id: 'd2', person: 'tea' };
    const activities = [one, other].map(({ id }) => ({ group: '7a', duty: id }));
    await town.night('2026-09-01', { ...TOWN, duties: [one, other], activities });
    const roles = await rows('roles.csv');
    assert.equal(roles.length, 3);
    assert.equal((await counts()).sds, 3);
    await town.night('2026-09-02', { ...TOWN, duties: [other], activities });
    assert.deepEqual(await rows('roles.csv'), roles);
    assert.equal((await counts()).sds, 3, 'the class is taught by the other post');
  });

  it('one account of two pupils stands in the set once, with the one who had it first', async () => {
    const { mia, ...others } = TOWN.persons;
    const persons = { ...others, mia: { ...mia, account: 'kim' } };
    await town.send('2026-09-01', { ...TOWN, persons });
    await town.world.sync('collaboration');
    const users = await rows('users.csv');
    assert.deepEqual(
      users.map((row) => row.split(',').slice(1, 3)),
      [['kim@skola.example', 'Kim']],
    );
  });

  it('a lesson of two classes: its teacher reaches both, and the living one alone later', async () => {
    const duties = [{ id: 'd1', person: 'tea' }];
    const night = async (day: string, what: Town) => {
      const batch = batchOf(day, what);
      const rows = { ...batch.rows, aktivitet: ['i;Idrott;school;7a, 7b;d1;;2026-08-18;'] };
      await publish(join(town.world.folder, 'data', 'register'), { ...batch, rows });
      await town.at(`${day}T03:00:00+02:00`);
    };
    await night('2026-09-01', { ...TOWN, duties });
    assert.deepEqual(await counts(), { portal: [1, 1], lms: 4, sds: 4 });
    const { '7a': first, ...others } = TOWN.classes ?? {};
    assert.ok(first !== undefined);
    await night('2026-09-04', {
      ...{ ...TOWN, duties },
      classes: { '7a': { ...first, end: '2026-09-02' }, ...others },
    });
    assert.deepEqual(await counts(), { portal: [1], lms: 2, sds: 2 });
  });
});

/** The pupil's membership ends soon, and another one of the same class has begun. */
function twoMemberships(element: string): string {
  const member = /<member><sourcedid><id>kim<\/id>[\s\S]*?<\/member>/.exec(element)?.[0] ?? '';
  if (member === '' || !element.includes('<id>7a</id>')) return element;
  const begin = '<begin>2026-08-18</begin>';
  const ending = member.replace(begin, `${begin}<end>2026-09-02</end>`);
  const other = member.replace(begin, '<begin>2026-08-25</begin><end>2026-09-10</end>');
  return element.replace(member, ending + other);
}
