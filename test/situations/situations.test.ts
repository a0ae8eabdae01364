import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { World } from '../e2e/world.ts';
import { batchOf, type Town } from './town.ts';

const GUARDED = { anna: 'custody="joint"', bo: 'custody="joint"' };
const PUPIL = { born: '2013-04-12', guardians: GUARDED };
/** A pupil with two guardians, in a class. */
const TOWN: Town = {
  persons: { kim: PUPIL, anna: { account: null }, bo: { given: 'Bo', account: null } },
  enrolments: [{ person: 'kim' }],
  classes: { '7a': { members: { kim: ['2026-08-18'] } } },
};

/** Life's changes, each through the register's files to three targets. */
describe('situations of school life', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
  });
  afterEach(() => world.close());

  /** A night: what the register sends that day, at three o'clock. */
  async function night(day: string, town: Town | null): Promise<void> {
    if (town !== null) await publish(join(world.folder, 'data', 'register'), batchOf(day, town));
    await at(`${day}T03:00:00+02:00`);
  }

  async function at(time: string): Promise<void> {
    world.now = Date.parse(time);
    const report = await world.sync();
    for (const { subject, outcome, counts, trouble } of [...report.intakes, ...report.flows]) {
      assert.deepEqual([subject, outcome, trouble], [subject, 'done', null]);
      assert.equal((counts['failed'] ?? 0) + (counts['blocked'] ?? 0), 0, subject);
    }
    for (const { flow, counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 }, flow);
    }
  }

  const person = (patch: Partial<Town['persons'][string]>): Town => ({
    ...TOWN,
    persons: { ...TOWN.persons, kim: { ...PUPIL, ...patch } },
  });
  const users = () => [...world.identity.directory.of('Users').values()];
  const user = (name: string) => users().find((one) => one['userName'] === `${name}@skola.example`);
  const living = () => [...world.lms.site.persons].filter(([, { inTrash }]) => !inTrash);
  const roleOf = (given: string, role: string) =>
    living().filter(([, one]) => one.givenName === given && one.role === role);
  const childrenOf = (given: string) => roleOf(given, 'Carer').flatMap(([, one]) => one.children);
  const courses = () => [...world.lms.site.groups.values()].filter(({ type }) => type === 'Course');
  const memberships = () => [...world.lms.site.memberships.values()];

  it('7.1 the August rollover: the same name is another group, old and new overlap for days', async () => {
    await night('2026-08-19', TOWN);
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
    await night('2027-08-16', next);
    assert.equal(courses().length, 2, 'both groups live while they overlap');
    assert.equal(memberships().length, 2);
    await night('2027-08-21', null);
    assert.equal(courses().length, 1);
    assert.equal(memberships().length, 1);
  });

  it('7.5 a move mid-term: the same account, the old class left and the new one joined', async () => {
    await night('2026-09-01', { ...TOWN, units: ['school', 'other'] });
    const account = user('kim')?.id;
    await night('2026-10-01', {
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
    assert.equal(user('kim')?.id, account);
    assert.equal(memberships().length, 1);
    const roles = await world.delivered('roles.csv');
    assert.equal(roles.trim().split('\r\n').length - 1, 1);
  });

  it('7.8 a guardian who loses custody is gone from the child the same day', async () => {
    await night('2026-09-01', TOWN);
    assert.equal(childrenOf('Bo').length, 1);
    await night('2026-09-02', person({ guardians: { anna: 'custody="sole"' } }));
    assert.equal(childrenOf('Bo').length, 0);
    assert.equal(childrenOf('Kim').length, 1, 'the other guardian stays');
  });

  it('7.9 the 18th birthday: guardians are gone at local midnight, with no event from any source', async () => {
    await night('2026-09-01', person({ born: '2008-09-02' }));
    assert.equal(childrenOf('Bo').length, 1);
    await at('2026-09-01T23:30:00+02:00');
    assert.equal(childrenOf('Bo').length, 1);
    await at('2026-09-02T00:30:00+02:00');
    assert.equal(childrenOf('Bo').length, 0);
  });

  it('7.10 siblings share their guardians, and each guardian is one', async () => {
    const sibling = { ...PUPIL, given: 'Alex', born: '2015-01-01' };
    await night('2026-09-01', {
      ...TOWN,
      persons: { ...TOWN.persons, alex: sibling },
      enrolments: [{ person: 'kim' }, { person: 'alex', year: 5 }],
    });
    assert.equal(childrenOf('Bo').length, 2);
    assert.equal(roleOf('Bo', 'Carer').length, 1);
  });

  it('7.11 twins of one name and birth date stay two persons', async () => {
    await night('2026-09-01', {
      ...TOWN,
      persons: { ...TOWN.persons, kim2: PUPIL },
      enrolments: [{ person: 'kim' }, { person: 'kim2' }],
      classes: { '7a': { members: { kim: ['2026-08-18'], kim2: ['2026-08-18'] } } },
    });
    assert.equal(users().length, 2);
    assert.equal(memberships().length, 2);
  });

  it('7.13 a new name is a changed account, not another one', async () => {
    await night('2026-09-01', TOWN);
    const account = user('kim')?.id;
    await night('2026-09-02', person({ family: 'Nyman' }));
    assert.deepEqual([user('kim')?.id, user('kim')?.['displayName']], [account, 'Kim Nyman']);
    assert.equal(users().length, 1);
  });

  it('7.14 a temporary number that becomes a personal one makes no second account', async () => {
    await night('2026-09-01', person({ number: '20130412TF81' }));
    const account = user('kim')?.id;
    const change = { number: '201304120019', formerNumbers: { '20130412TF81': '2026-09-02' } };
    await night('2026-09-02', person(change));
    assert.equal(users().length, 1);
    assert.equal(user('kim')?.id, account);
    assert.equal(roleOf('Kim', 'Student').length, 1);
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
    await night('2026-09-01', both);
    assert.equal(memberships().length, 2);
    const ended = both.duties?.map((one) =>
      one.id === 'd2' ? { ...one, end: '2026-09-01' } : one,
    );
    await night('2026-09-02', { ...both, ...(ended === undefined ? {} : { duties: ended }) });
    assert.equal(user('tina')?.['userType'], 'staff');
    assert.equal(memberships().length, 2);
  });

  it('7.17 a substitute’s access ends on the day, not when somebody remembers', async () => {
    const town: Town = {
      ...TOWN,
      persons: { ...TOWN.persons, tina: { given: 'Tina' } },
      duties: [{ id: 'd1', person: 'tina', end: '2026-09-10' }],
      activities: [{ group: '7a', duty: 'd1' }],
    };
    await night('2026-09-01', town);
    await night('2026-09-10', null);
    assert.ok(user('tina') !== undefined);
    await night('2026-09-11', null);
    assert.equal(user('tina'), undefined);
    assert.equal(roleOf('Tina', 'Staff').length, 0);
  });

  it('7.18 protection switched on: withdrawn from every target the same night', async () => {
    await night('2026-09-01', TOWN);
    await night('2026-09-02', person({ privacy: 1 }));
    assert.equal(user('kim'), undefined);
    assert.equal(roleOf('Kim', 'Student').length, 0);
    assert.doesNotMatch(await world.delivered('users.csv'), /kim@/);
    assert.deepEqual(childrenOf('Bo'), []);
  });

  it('7.21 death: silence at once', async () => {
    await night('2026-09-01', TOWN);
    await night('2026-09-02', person({ status: 'Deceased' }));
    assert.equal(user('kim'), undefined);
    assert.doesNotMatch(await world.delivered('users.csv'), /kim@/);
    assert.equal(roleOf('Kim', 'Student').length, 0);
    assert.deepEqual(childrenOf('Bo'), []);
  });

  it('7.24 an enrolment that is cancelled before it began never becomes an account', async () => {
    const early = { person: 'kim', begin: '2026-10-01' };
    await night('2026-09-01', { ...TOWN, enrolments: [early], classes: {} });
    assert.equal(user('kim'), undefined);
    await night('2026-09-15', {
      ...TOWN,
      enrolments: [{ ...early, cancelled: true }],
      classes: {},
    });
    await night('2026-10-02', null);
    assert.equal(user('kim'), undefined);
  });

  it('7.30 a change with a future date waits for its day', async () => {
    const town: Town = { ...TOWN, enrolments: [{ person: 'kim', begin: '2026-10-01' }] };
    await night('2026-09-01', town);
    assert.equal(user('kim'), undefined);
    await night('2026-10-01', null);
    assert.ok(user('kim') !== undefined);
  });

  it('7.29 a retroactive end is an end: class and role go at once, the account after its grace', async () => {
    await night('2026-09-20', TOWN);
    await night('2026-09-21', {
      ...TOWN,
      enrolments: [{ person: 'kim', end: '2026-09-01' }],
      classes: { '7a': { members: { kim: ['2026-08-18', '2026-09-01'] } } },
    });
    assert.equal(memberships().length, 0);
    assert.ok(user('kim') !== undefined);
    await night('2026-11-30', null);
    assert.ok(user('kim') !== undefined);
    await night('2026-12-01', null);
    assert.equal(user('kim'), undefined);
  });

  it('7.4 the summer gap: no account is lost, and the same one goes on in August', async () => {
    const spring = { person: 'kim', begin: '2025-08-18', end: '2026-06-11' };
    await night('2026-06-01', { ...TOWN, enrolments: [spring], classes: {} });
    const account = user('kim')?.id;
    await night('2026-07-15', null);
    assert.equal(user('kim')?.id, account);
    assert.equal(roleOf('Kim', 'Student').length, 1);
    assert.equal(childrenOf('Bo').length, 1);
    await night('2026-08-18', { ...TOWN, enrolments: [spring, { person: 'kim', year: 8 }] });
    assert.equal(user('kim')?.id, account);
  });

  it('7.19 a new identity is a new person: nothing links it to the old one', async () => {
    await night('2026-09-01', person({ number: '201304120019' }));
    const old = user('kim')?.id;
    const elsewhere = { given: 'Robin', family: 'Ny', number: '201304120027' };
    await night('2026-09-02', {
      ...TOWN,
      persons: { anna: { account: null }, bo: { account: null }, robin: elsewhere },
      enrolments: [{ person: 'robin' }],
      classes: { '7a': { members: { robin: ['2026-09-02'] } } },
    });
    assert.equal(user('kim'), undefined);
    assert.notEqual(user('robin')?.id, old);
    assert.notEqual(user('robin')?.['externalId'], undefined);
  });

  it('7.22 an emigrated pupil’s account is closed, and opens again on return', async () => {
    await night('2026-09-01', TOWN);
    const account = user('kim')?.id;
    await night('2026-09-02', person({ status: 'Emigrated' }));
    assert.equal(user('kim')?.['active'], false);
    await night('2026-09-03', TOWN);
    assert.deepEqual([user('kim')?.id, user('kim')?.['active']], [account, true]);
  });

  it('7.33 a renamed group is the same group', async () => {
    await night('2026-09-01', TOWN);
    const [id] = [...world.lms.site.groups].find(([, { type }]) => type === 'Course') ?? [];
    await night('2026-09-02', {
      ...TOWN,
      classes: { '7a': { name: '7 Asp', members: { kim: ['2026-08-18'] } } },
    });
    assert.deepEqual(
      [...world.lms.site.groups]
        .filter(([, { type }]) => type === 'Course')
        .map(([one, { title }]) => [one, title]),
      [[id, '7 Asp']],
    );
    assert.equal(memberships().length, 1);
  });
});
