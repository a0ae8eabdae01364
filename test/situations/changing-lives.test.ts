import assert from 'node:assert/strict';
import { PUPIL, person, SituationTown, TOWN } from './situation-town.ts';
import type { Town } from './town.ts';

/** Changes of school, of identity, and of the schools themselves. */
describe('situations in which a school life changes', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
  });
  afterEach(() => town.close());

  it('7.2 from preschool to school: one child, three records in a week, one account', async () => {
    const child = { persons: { kim: { ...PUPIL, born: '2020-04-12' }, anna: { account: null } } };
    const units = { units: ['nursery', 'school'], unitDetails: { nursery: { forms: ['PC'] } } };
    const nursery = { ...{ id: 'pl1', person: 'kim', unit: 'nursery' }, owners: ['anna'] };
    const spring: Town = {
      ...{ ...child, ...units },
      placements: [{ ...nursery, form: 'PC', begin: '2023-01-10' }],
    };
    await town.night('2026-05-01', spring);
    assert.equal(town.user('kim'), undefined, 'a child of a preschool has no account');
    await town.night('2026-08-18', {
      ...{ ...child, ...units },
      enrolments: [{ person: 'kim', form: 'FK', year: 0, begin: '2026-08-18' }],
      placements: [
        { ...nursery, form: 'PC', begin: '2023-01-10', end: '2026-08-11' },
        { ...nursery, id: 'pl2', unit: 'school', form: 'F', begin: '2026-08-12' },
      ],
      classes: { f: { name: 'F', members: { kim: ['2026-08-18'] } } },
    });
    assert.equal(town.users().length, 1);
    assert.equal(town.roleOf('Kim', 'Student').length, 1);
    assert.equal(town.memberships().length, 1);
  });

  it('7.3 a new term: teaching groups end and begin, the class stays', async () => {
    const term = (group: string, begin: string, end: string) => ({
      [group]: {
        ...{ type: 'EducationGroup' as const, name: 'Spanska', begin, end },
        members: { kim: [begin, end] as const },
      },
    });
    const year: Town = {
      ...TOWN,
      classes: {
        ...TOWN.classes,
        ...term('sp-autumn', '2026-08-18', '2026-12-20'),
        ...term('sp-spring', '2027-01-08', '2027-06-10'),
      },
    };
    await town.night('2026-09-01', year);
    const ofClass = town.coursesCalled('7a');
    assert.ok(town.coursesCalled('Spanska').includes(await town.idOf('group', 'sp-autumn')));
    await town.night('2027-01-08', null);
    assert.deepEqual(town.coursesCalled('7a'), ofClass);
    assert.deepEqual(town.coursesCalled('Spanska'), [await town.idOf('group', 'sp-spring')]);
    assert.equal(town.memberships().length, 2);
  });

  it('7.6 a move to another municipality: out of class at once, and left is not deleted', async () => {
    await town.night('2026-09-01', TOWN);
    const account = town.user('kim')?.id;
    await town.night('2026-10-01', {
      ...TOWN,
      enrolments: [{ person: 'kim', end: '2026-09-30' }],
      classes: { '7a': { members: { kim: ['2026-08-18', '2026-09-30'] } } },
    });
    assert.equal(town.memberships().length, 0);
    assert.equal(town.user('kim')?.id, account, 'the account has its grace');
    await town.night('2027-01-15', null);
    assert.deepEqual([town.user('kim')?.id, town.user('kim')?.['active']], [account, false]);
    await town.night('2027-02-14', null);
    assert.equal(town.user('kim'), undefined);
    const known = await town.world.withHub(({ control }) =>
      control.findPersons('register:kim', 'test', ''),
    );
    assert.equal(known.length, 1, 'the register still speaks of the resident');
  });

  it('7.7 several relations at once: taught in a unit where the pupil is not enrolled', async () => {
    await town.night('2026-09-01', {
      ...{ ...TOWN, units: ['school', 'host'] },
      placements: [{ id: 'pl1', person: 'kim', form: 'F', owners: ['anna'] }],
      classes: {
        ...TOWN.classes,
        arabic: {
          ...{ type: 'EducationGroup', name: 'Arabiska', unit: 'host' },
          members: { kim: ['2026-08-18'] },
        },
      },
    });
    assert.equal(town.users().length, 1);
    assert.equal(town.memberships().length, 2, 'the class and the group at the host');
    const roles = await town.world.delivered('roles.csv');
    assert.equal(roles.trim().split('\r\n').length, 2, 'one role, at the school of enrolment');
  });

  it('7.12 separated parents: two placements in one unit, each with its own owner', async () => {
    const placement = { person: 'kim', form: 'F' } as const;
    await town.night('2026-09-01', {
      ...TOWN,
      placements: [
        { ...placement, id: 'hers', owners: ['anna'] },
        { ...placement, id: 'his', owners: ['bo'] },
      ],
    });
    const owners = await town.world.withHub(async ({ engine }) => {
      const found: unknown[] = [];
      for await (const batch of engine.store.entities.scan('placement')) {
        found.push(...batch.map(({ entity }) => entity['owners']));
      }
      return found;
    });
    assert.equal(owners.length, 2);
    assert.notDeepEqual(owners[0], owners[1]);
    assert.equal(town.childrenOf('Bo').length, 1);
  });

  it('7.15 duplicates are merged: one account, every membership; and separated again', async () => {
    const twin = { given: 'Kim', born: '2013-04-12' };
    const two: Town = {
      ...TOWN,
      persons: { ...TOWN.persons, kim2: twin },
      enrolments: [{ person: 'kim' }, { person: 'kim2' }],
      classes: { ...TOWN.classes, '7b': { members: { kim2: ['2026-08-18'] } } },
    };
    await town.night('2026-09-01', two);
    const survivor = town.user('kim')?.id;
    assert.equal(town.users().length, 2);
    const merged: Town = { ...two, persons: person({ twins: ['kim2'] }).persons };
    await town.night('2026-09-02', merged);
    const open = () => town.users().filter(({ active }) => active === true);
    const twins = town.user('kim2')?.id;
    assert.deepEqual([open().length, town.user('kim')?.id], [1, survivor]);
    assert.equal(town.memberships().length, 2, 'the survivor is in both classes');
    assert.equal(town.roleOf('Kim', 'Student').length, 1);
    await town.night('2026-09-03', two);
    assert.equal(town.user('kim')?.id, survivor);
    assert.deepEqual([open().length, town.user('kim2')?.id], [2, twins]);
    assert.equal(town.memberships().length, 2);
  });

  it('7.15 never across protection: a protected twin stays of its own, and hides the other', async () => {
    const two: Town = {
      ...TOWN,
      persons: { ...TOWN.persons, kim2: { born: '2013-04-12', privacy: 1 } },
      enrolments: [{ person: 'kim' }, { person: 'kim2' }],
    };
    await town.night('2026-09-01', two);
    await town.night('2026-09-02', {
      ...two,
      persons: { ...two.persons, kim: { ...PUPIL, twins: ['kim2'] } },
    });
    assert.equal(town.users().filter(({ active }) => active === true).length, 0);
    const [message] = await town.world.withHub(({ control }) => control.failures({ limit: 5 }));
    assert.equal(message?.problem?.code, 'MERGER_REFUSED');
    const twin = await town.idOf('person', 'kim2');
    const level = await town.world.withHub(async ({ engine }) => {
      return (await engine.store.entities.get('person', [twin]))[0]?.entity['securityMarking'];
    });
    assert.notEqual(level, 'Ingen');
  });

  it('7.23 a new school unit code: the school is another, and nobody loses an account', async () => {
    const before = { ...TOWN, unitDetails: { school: { code: '11111111' } } };
    await town.night('2026-09-01', before);
    const account = town.user('kim')?.id;
    await town.send('2026-10-01', {
      ...before,
      units: ['school', 'successor'],
      unitDetails: {
        school: { code: '11111111', end: '2026-09-30' },
        successor: { name: 'school', code: '22222222', begin: '2026-10-01' },
      },
      enrolments: [
        { person: 'kim', end: '2026-09-30' },
        { person: 'kim', unit: 'successor', begin: '2026-10-01' },
      ],
      classes: { '7a': { unit: 'successor', members: { kim: ['2026-08-18'] } } },
    });
    const report = await town.sync();
    assert.deepEqual(
      report.flows.map(({ outcome }) => outcome),
      ['done', 'done', 'done'],
    );
    assert.equal(town.user('kim')?.id, account);
    assert.equal(town.memberships().length, 1);
    assert.equal(town.roleOf('Kim', 'Student').length, 1);
    // With a node itslearning deletes all below it: that is a person's to do.
    const left = await town.world.withHub(({ control }) => control.failures({ limit: 5 }));
    assert.deepEqual(
      left.map(({ objectKind, action }) => [objectKind, action]),
      [['school', 'delete']],
    );
  });

  it('7.25 a year repeated, a mixed class, and a form without years', async () => {
    const year = (form: string, value: number | null): Town => ({
      ...TOWN,
      enrolments: [{ person: 'kim', form, year: value }],
      classes: { blue: { name: 'Blå', span: '1-3', members: { kim: ['2026-08-18'] } } },
    });
    const grade = async () =>
      (await town.world.delivered('roles.csv')).split('\r\n')[1]?.split(',').includes('02');
    await town.night('2026-09-01', year('GR', 2));
    assert.equal(await grade(), true);
    await town.night('2027-09-01', { ...year('GR', 2) });
    assert.equal(await grade(), true, 'born a year earlier than the class, and still in year 2');
    await town.night('2027-10-01', year('SF', null));
    assert.equal(await grade(), true, 'what is missing for the first time may be back');
    await town.night('2027-10-02', year('SF', null));
    assert.equal(await grade(), false);
    assert.equal(town.users().length, 1);
  });

  it('7.26 an integrated pupil: a member of the class, and no target hears of the form', async () => {
    await town.night('2026-09-01', { ...TOWN, enrolments: [{ person: 'kim', form: 'S' }] });
    assert.equal(town.memberships().length, 1);
    const picture = Object.values(await town.world.picture()).join('\n');
    assert.match(picture, /Kim/);
    assert.doesNotMatch(picture, /GRS|anpassad/i);
  });

  it('7.27 newly arrived: three schools in a term and then a number, one account all along', async () => {
    const units = ['school', 'second', 'third'];
    const moves = [
      { person: 'kim', end: '2026-09-10' },
      { person: 'kim', unit: 'second', begin: '2026-09-11', end: '2026-10-20' },
      { person: 'kim', unit: 'third', begin: '2026-10-21' },
    ];
    const at = (count: number, number: string, former: Readonly<Record<string, string>> = {}) => ({
      ...person({ number, formerNumbers: former }),
      ...{ units, enrolments: moves.slice(0, count), classes: {} },
    });
    await town.night('2026-09-01', at(1, '20130412TF81'));
    const account = town.user('kim')?.id;
    await town.night('2026-09-11', at(2, '20130412TF81'));
    await town.night('2026-10-21', at(3, '20130412TF81'));
    await town.night('2026-11-20', at(3, '201304120019', { '20130412TF81': '2026-11-19' }));
    assert.deepEqual([town.users().length, town.user('kim')?.id], [1, account]);
    const roles = await town.world.delivered('roles.csv');
    assert.equal(roles.trim().split('\r\n').length, 2, 'one role, at the third school');
  });
});
