import assert from 'node:assert/strict';
import { PUPIL, person, SituationTown, TOWN } from './situation-town.ts';
import type { Town } from './town.ts';

/** Life's changes, each through the register's files to three targets. */
describe('situations of school life', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
  });
  afterEach(() => town.close());

  it('7.1 the August rollover: the same name is another group, old and new overlap for days', async () => {
    await town.night('2026-08-19', TOWN);
    const next: Town = {
      ...TOWN,
      enrolments: [{ person: 'kim', year: 8 }],
      classes: {
        '7a': {
          ...TOWN.classes?.['7a'],
          end: '2027-08-20',
          members: { kim: ['2026-08-18', '2027-08-20'] },
        },
        '7a-next': { name: '7a', begin: '2027-08-16', members: { kim: ['2027-08-16'] } },
      },
    };
    await town.night('2027-08-16', next);
    assert.equal(town.courses().length, 2, 'both groups live while they overlap');
    assert.equal(town.memberships().length, 2);
    await town.night('2027-08-21', null);
    assert.equal(town.courses().length, 1);
    assert.equal(town.memberships().length, 1);
  });

  it('7.5 a move mid-term: the same account, the old class left and the new one joined', async () => {
    await town.night('2026-09-01', { ...TOWN, units: ['school', 'other'] });
    const account = town.user('kim')?.id;
    await town.night('2026-10-01', {
      ...TOWN,
      units: ['school', 'other'],
      enrolments: [
        { person: 'kim', end: '2026-09-30' },
        { person: 'kim', unit: 'other', begin: '2026-10-01' },
      ],
      classes: {
        '7a': { members: { kim: ['2026-08-18', '2026-09-30'] } },
        '7x': { unit: 'other', members: { kim: ['2026-10-01'] } },
      },
    });
    assert.equal(town.user('kim')?.id, account);
    assert.equal(town.memberships().length, 1);
    const groups = [...town.world.identity.directory.of('Groups').values()];
    const members = groups.map(({ displayName, members }) => [displayName, members]);
    assert.deepEqual(members.sort(), [
      ['7a', []],
      ['7x', [{ value: account }]],
    ]);
    const roles = await town.world.delivered('roles.csv');
    assert.equal(roles.trim().split('\r\n').length - 1, 1);
  });

  it('7.10 siblings share their guardians, and each guardian is one', async () => {
    const sibling = { ...PUPIL, given: 'Alex', born: '2015-01-01' };
    await town.night('2026-09-01', {
      ...TOWN,
      persons: { ...TOWN.persons, alex: sibling },
      enrolments: [{ person: 'kim' }, { person: 'alex', year: 5 }],
    });
    assert.equal(town.childrenOf('Bo').length, 2);
    assert.equal(town.roleOf('Bo', 'Carer').length, 1);
  });

  it('7.11 twins of one name and birth date stay two persons', async () => {
    await town.night('2026-09-01', {
      ...TOWN,
      persons: { ...TOWN.persons, kim2: PUPIL },
      enrolments: [{ person: 'kim' }, { person: 'kim2' }],
      classes: { '7a': { members: { kim: ['2026-08-18'], kim2: ['2026-08-18'] } } },
    });
    assert.equal(town.users().length, 2);
    assert.equal(town.memberships().length, 2);
  });

  it('7.13 a new name is a changed account, not another one', async () => {
    await town.night('2026-09-01', TOWN);
    const account = town.user('kim')?.id;
    await town.night('2026-09-02', person({ family: 'Nyman' }));
    assert.deepEqual(
      [town.user('kim')?.id, town.user('kim')?.['displayName']],
      [account, 'Kim Nyman'],
    );
    assert.equal(town.users().length, 1);
  });

  it('7.14 a temporary number that becomes a personal one makes no second account', async () => {
    await town.night('2026-09-01', person({ number: '20130412TF81' }));
    const account = town.user('kim')?.id;
    const change = { number: '201304120019', formerNumbers: { '20130412TF81': '2026-09-02' } };
    await town.night('2026-09-02', person(change));
    assert.equal(town.users().length, 1);
    assert.equal(town.user('kim')?.id, account);
    assert.equal(town.roleOf('Kim', 'Student').length, 1);
  });

  it('7.16 a teacher at several schools keeps the account when one of the duties ends', async () => {
    const both: Town = {
      ...TOWN,
      units: ['school', 'other'],
      persons: { ...TOWN.persons, tina: { given: 'Tina' } },
      duties: [
        { id: 'd1', person: 'tina' },
        { id: 'd2', person: 'tina', unit: 'other' },
      ],
      activities: [{ group: '7a', duty: 'd1' }],
    };
    await town.night('2026-09-01', both);
    assert.equal(town.memberships().length, 2);
    const ended = both.duties?.map((one) =>
      one.id === 'd2' ? { ...one, end: '2026-09-01' } : one,
    );
    await town.night('2026-09-02', { ...both, ...(ended === undefined ? {} : { duties: ended }) });
    assert.equal(town.user('tina')?.['userType'], 'staff');
    assert.equal(town.memberships().length, 2);
  });

  it('7.17 a substitute’s access ends on the day, not when somebody remembers', async () => {
    const named: Town = {
      ...TOWN,
      persons: { ...TOWN.persons, tina: { given: 'Tina' } },
      duties: [{ id: 'd1', person: 'tina', end: '2026-09-10' }],
      activities: [{ group: '7a', duty: 'd1' }],
    };
    await town.night('2026-09-01', named);
    await town.night('2026-09-10', null);
    assert.ok(town.user('tina') !== undefined);
    await town.night('2026-09-11', null);
    assert.equal(town.user('tina')?.['active'], false);
    assert.equal(town.roleOf('Tina', 'Staff').length, 0);
  });

  it('7.24 an enrolment that is cancelled before it began never becomes an account', async () => {
    const early = { person: 'kim', begin: '2026-10-01' };
    await town.night('2026-09-01', { ...TOWN, enrolments: [early], classes: {} });
    assert.equal(town.user('kim'), undefined);
    await town.night('2026-09-15', {
      ...TOWN,
      enrolments: [{ ...early, cancelled: true }],
      classes: {},
    });
    await town.night('2026-10-02', null);
    assert.equal(town.user('kim'), undefined);
  });

  it('7.30 a change with a future date waits for its day', async () => {
    const named: Town = { ...TOWN, enrolments: [{ person: 'kim', begin: '2026-10-01' }] };
    await town.night('2026-09-01', named);
    assert.equal(town.user('kim'), undefined);
    await town.night('2026-10-01', null);
    assert.ok(town.user('kim') !== undefined);
  });

  it('7.29 a retroactive end is an end: class and role go at once, the account after its grace', async () => {
    await town.night('2026-09-20', TOWN);
    await town.night('2026-09-21', {
      ...TOWN,
      enrolments: [{ person: 'kim', end: '2026-09-01' }],
      classes: { '7a': { members: { kim: ['2026-08-18', '2026-09-01'] } } },
    });
    assert.equal(town.memberships().length, 0);
    assert.ok(town.user('kim') !== undefined);
    await town.night('2026-11-30', null);
    assert.equal(town.user('kim')?.['active'], true);
    await town.night('2026-12-01', null);
    assert.equal(town.user('kim')?.['active'], false);
    await town.night('2026-12-31', null);
    assert.equal(town.user('kim'), undefined);
  });

  it('7.4 the summer gap: no account is lost, and the same one goes on in August', async () => {
    const spring = { person: 'kim', begin: '2025-08-18', end: '2026-06-11' };
    await town.night('2026-06-01', { ...TOWN, enrolments: [spring], classes: {} });
    const account = town.user('kim')?.id;
    await town.night('2026-07-15', null);
    assert.equal(town.user('kim')?.id, account);
    assert.equal(town.roleOf('Kim', 'Student').length, 1);
    assert.equal(town.childrenOf('Bo').length, 1);
    await town.night('2026-08-18', { ...TOWN, enrolments: [spring, { person: 'kim', year: 8 }] });
    assert.equal(town.user('kim')?.id, account);
  });

  it('7.19 a new identity is a new person: nothing links it to the old one', async () => {
    await town.night('2026-09-01', person({ number: '201304120019' }));
    const old = town.user('kim')?.id;
    const elsewhere = { given: 'Robin', family: 'Ny', number: '201304120027' };
    const after: Town = {
      ...TOWN,
      persons: { anna: { account: null }, bo: { account: null }, robin: elsewhere },
      enrolments: [{ person: 'robin' }],
      classes: { '7a': { members: { robin: ['2026-09-02'] } } },
    };
    await town.night('2026-09-02', after);
    await town.night('2026-09-03', after);
    assert.equal(town.user('kim')?.['active'], false);
    assert.notEqual(town.user('robin')?.id, old);
    assert.notEqual(town.user('robin')?.['externalId'], undefined);
  });

  it('7.22 an emigrated pupil’s account is closed, and opens again on return', async () => {
    await town.night('2026-09-01', TOWN);
    const account = town.user('kim')?.id;
    await town.night('2026-09-02', person({ status: 'Emigrated' }));
    assert.equal(town.user('kim')?.['active'], false);
    await town.night('2026-09-03', TOWN);
    assert.deepEqual([town.user('kim')?.id, town.user('kim')?.['active']], [account, true]);
  });

  it('7.33 a renamed group is the same group', async () => {
    await town.night('2026-09-01', TOWN);
    const [id] = [...town.world.lms.site.groups].find(([, { type }]) => type === 'Course') ?? [];
    await town.night('2026-09-02', {
      ...TOWN,
      classes: { '7a': { name: '7 Asp', members: { kim: ['2026-08-18'] } } },
    });
    assert.deepEqual(
      [...town.world.lms.site.groups]
        .filter(([, { type }]) => type === 'Course')
        .map(([one, { title }]) => [one, title]),
      [[id, '7 Asp']],
    );
    assert.equal(town.memberships().length, 1);
  });
});
