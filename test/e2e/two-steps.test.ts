import assert from 'node:assert/strict';
import { PUPIL, SituationTown, TOWN } from '../situations/situation-town.ts';
import type { Town } from '../situations/town.ts';
import { runOf } from './world.ts';

/** A substitute, whose duty ends; there is no grace before the account is shut. */
const DUTY = { id: 'd1', person: 'tina', end: '2026-09-10' };
/** Somebody teaches all along: a register without any duties would not be believed. */
const OTHER_DUTY = { id: 'd9', person: 'lisa' };
const NAMED: Town = {
  ...TOWN,
  persons: { ...TOWN.persons, tina: { given: 'Tina' }, lisa: { given: 'Lisa' } },
  duties: [OTHER_DUTY, DUTY],
};
const SIGNAL = new AbortController().signal;

/** An account that nobody needs any more is shut first, and deleted after the flow's grace. */
describe('a deletion in two steps', () => {
  let town: SituationTown;
  let account: string | undefined;

  beforeEach(async () => {
    town = await SituationTown.open();
    await town.night('2026-09-01', NAMED);
    account = town.user('tina')?.id;
    assert.ok(account !== undefined);
  });
  afterEach(() => town.close());

  const isActive = (name: string) => town.user(name)?.['active'];
  const planOf = async (flow: string) => (await town.world.plan(flow))[0];

  it('shuts on the day, waits, and deletes when the grace is over', async () => {
    await town.night('2026-09-11', null);
    assert.deepEqual([town.user('tina')?.id, isActive('tina')], [account, false]);
    const calls = town.world.identity.calls();
    await town.night('2026-10-10', null);
    assert.equal(town.world.identity.calls(), calls, 'nothing is told in between');
    const users = town.world.identity.directory.of('Users');
    const backup = { ...users.get(account ?? '') };
    await town.night('2026-10-11', null);
    assert.equal(town.user('tina'), undefined);

    // The target is restored from its backup: of before she left.
    users.set(account ?? '', { ...backup, id: account ?? '', version: 1, active: true });
    await town.night('2026-10-12', null);
    assert.equal(isActive('tina'), true, 'nobody asks every night');
    const drift = (repair: boolean) =>
      town.world.withHub(({ control }) =>
        control.drift({ flow: 'identity', repair, who: 'test', signal: SIGNAL }),
      );
    const found = await drift(true);
    const told = found?.drifts.map(({ kind, deleted }) => [kind, deleted !== undefined]);
    assert.deepEqual([told, found?.foreign, found?.repaired], [[['returned', true]], 0, 1]);
    await town.night('2026-10-13', null);
    assert.deepEqual([town.user('tina')?.id, isActive('tina')], [account, false], 'shut first');
    await town.night('2026-11-12', null);
    assert.equal(town.user('tina'), undefined);
    // Somebody else's account under the same name is none of ours.
    users.set('other', { ...backup, id: 'other', version: 1 });
    const after = await drift(false);
    assert.deepEqual([after?.drifts, after?.foreign], [[], 1]);
  });

  it('is in the plan in words of its own, and counts as a deletion for the guards', async () => {
    town.world.now = Date.parse('2026-09-11T03:00:00+02:00');
    const plan = await planOf('identity');
    assert.deepEqual(plan?.counts, { create: 0, update: 0, delete: 1 });
    assert.equal(plan?.suspended, 1);
    assert.deepEqual(
      plan?.changes.map(({ action, fields }) => [action, fields]),
      [['suspend', [{ field: 'active', before: 'true', after: 'false' }]]],
    );
    assert.equal(runOf(await town.sync(), 'identity').counts['delete'], 1);
  });

  it('opens the same account again for who comes back, and the next leave has its whole grace', async () => {
    await town.night('2026-09-11', null);
    await town.night('2026-10-05', {
      ...NAMED,
      duties: [OTHER_DUTY, DUTY, { ...DUTY, id: 'd2', begin: '2026-10-05', end: '2026-11-01' }],
    });
    assert.deepEqual([town.user('tina')?.id, isActive('tina')], [account, true]);
    await town.night('2026-11-02', null);
    assert.equal(isActive('tina'), false);
    await town.night('2026-12-01', null);
    assert.equal(town.user('tina')?.id, account);
    await town.night('2026-12-02', null);
    assert.equal(town.user('tina'), undefined);
  });

  it('is told each night to a service that says yes and shuts nothing, and its grace goes on', async () => {
    await town.world.quicken();
    const { identity } = town.world;
    const keeps = { kind: 'keeps' } as const;
    for (const day of ['2026-09-11', '2026-09-12']) {
      town.world.now = Date.parse(`${day}T03:00:00+02:00`);
      // Each account is told once more in the same night.
      identity.failNext(keeps, keeps);
      assert.equal(runOf(await town.world.sync('identity'), 'identity').counts['failed'], 1, day);
      identity.heal();
      assert.equal(isActive('tina'), true);
    }
    town.world.now = Date.parse('2026-09-13T03:00:00+02:00');
    assert.equal(runOf(await town.world.sync('identity'), 'identity').counts['failed'], 0);
    assert.equal(isActive('tina'), false);
    await town.night('2026-10-11', null);
    assert.equal(town.user('tina'), undefined, 'thirty days after the first night');
  });

  it('is told each night too where the register alone says that the account is shut', async () => {
    await town.world.quicken();
    const away = { ...PUPIL, status: 'Emigrated' } as const;
    const keeps = { kind: 'keeps' } as const;
    await town.send('2026-09-02', { ...NAMED, persons: { ...NAMED.persons, kim: away } });
    for (const day of ['2026-09-02', '2026-09-03']) {
      town.world.now = Date.parse(`${day}T03:00:00+02:00`);
      town.world.identity.failNext(keeps, keeps);
      const { counts } = runOf(await town.world.sync('identity'), 'identity');
      assert.equal(counts['failed'], 1, day);
      town.world.identity.heal();
      assert.equal(isActive('kim'), true);
    }
    town.world.now = Date.parse('2026-09-04T03:00:00+02:00');
    await town.world.sync('identity');
    assert.equal(isActive('kim'), false);
  });

  it('is skipped for protection and for death: whoever is on the way out goes at once', async () => {
    await town.night('2026-09-11', null);
    const { persons } = NAMED;
    await town.night('2026-09-12', {
      ...NAMED,
      persons: { ...persons, tina: { given: 'Tina', privacy: 1 } },
    });
    assert.equal(town.user('tina'), undefined);
    const kim = { ...PUPIL, status: 'Deceased' } as const;
    await town.night('2026-09-13', {
      ...NAMED,
      persons: { ...persons, kim },
      duties: [OTHER_DUTY],
    });
    assert.equal(town.user('kim'), undefined);
  });

  it('waits for a second night without her, shuts then, and opens the same account again', async () => {
    const { tina: _gone, ...others } = NAMED.persons;
    const without = { ...NAMED, persons: others, duties: [OTHER_DUTY] };
    await town.night('2026-09-02', without);
    assert.equal(isActive('tina'), true);
    await town.night('2026-09-03', without);
    assert.deepEqual([town.user('tina')?.id, isActive('tina')], [account, false]);
    await town.night('2026-09-04', NAMED);
    assert.deepEqual([town.user('tina')?.id, isActive('tina')], [account, true]);
    await town.night('2026-09-05', without);
    await town.night('2026-09-06', without);
    await town.night('2026-10-05', null);
    assert.equal(town.user('tina')?.id, account);
    await town.night('2026-10-06', null);
    assert.equal(town.user('tina'), undefined);
  });

  it('is skipped for who was protected or dead when the register ceased to know them', async () => {
    const tim = { id: 'd3', person: 'tim' };
    const withTim = { ...NAMED.persons, tim: { given: 'Tim' } };
    await town.night('2026-09-02', { ...NAMED, persons: withTim, duties: [OTHER_DUTY, DUTY, tim] });
    const { tina: _gone, ...others } = NAMED.persons;
    const tina = { given: 'Tina', privacy: 1 };
    const marked = { ...others, tina, tim: { given: 'Tim', status: 'Deceased' as const } };
    const without = { ...NAMED, persons: others, duties: [OTHER_DUTY] };
    const towns = [{ ...NAMED, persons: marked }, without, without];
    // Nothing is told to the portal on these nights.
    for (const [index, one] of towns.entries()) {
      await town.send(`2026-09-0${index + 3}`, one);
      await town.world.sync('collaboration');
    }
    assert.equal(town.users().length, 4);
    await town.night('2026-09-06', null);
    assert.deepEqual(
      [town.users().length, town.user('tina'), town.user('tim')],
      [2, undefined, undefined],
    );
  });

  it('is no step at all where the account is shut already, and nothing is left to do', async () => {
    const away = { ...PUPIL, status: 'Emigrated' } as const;
    await town.night('2026-09-02', { ...NAMED, persons: { ...NAMED.persons, kim: away } });
    assert.equal(isActive('kim'), false);
    const gone: Town = {
      ...NAMED,
      persons: { ...NAMED.persons, kim: away },
      enrolments: [{ person: 'kim', end: '2026-09-03' }],
      classes: { '7a': { members: { kim: ['2026-08-18', '2026-09-03'] } } },
    };
    await town.night('2026-09-04', gone);
    await town.night('2026-12-10', null);
    assert.equal(isActive('kim'), false);
    await town.night('2027-01-20', null);
    assert.equal(town.user('kim'), undefined);
  });

  it('forgets an account that others have deleted meanwhile, and does not make it to shut it', async () => {
    const users = town.world.identity.directory.of('Users');
    users.delete(account ?? '');
    await town.night('2026-09-11', null);
    assert.equal(town.user('tina'), undefined);
    await town.night('2026-10-11', null);
    assert.equal(town.user('tina'), undefined);
  });

  it('shuts an account again that others have opened, and its grace is not longer for it', async () => {
    await town.night('2026-09-11', null);
    const user = town.user('tina');
    assert.ok(user !== undefined);
    user['active'] = true;
    await town.world.withHub(({ control }) =>
      control.drift({ flow: 'identity', repair: true, who: 'Kim', signal: SIGNAL }),
    );
    await town.night('2026-09-20', null);
    assert.equal(isActive('tina'), false);
    await town.night('2026-10-11', null);
    assert.equal(town.user('tina'), undefined);
  });

  it('leaves no reference to who is on the way out', async () => {
    await town.night('2026-09-02', {
      ...NAMED,
      enrolments: [{ person: 'kim', end: '2026-09-03' }],
    });
    // The class goes on; the pupil stays on its list, though the enrolment has ended.
    await town.night('2026-12-03', null);
    assert.equal(isActive('kim'), false);
    const [group] = town.world.identity.directory.of('Groups').values();
    assert.deepEqual(group?.['members'] ?? [], []);
  });
});
