import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { SituationTown, TOWN } from './situation-town.ts';
import { batchOf, type Town } from './town.ts';

describe('situations of pupils whom another responsible body teaches', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
  });
  afterEach(() => town.close());

  it('7.28 an independent school: the register keeps watch, and no target hears of its pupils', async () => {
    const units = {
      units: ['school', 'free'],
      unitDetails: { free: { governedBy: 'Independent' as const } },
    };
    const away: Town = {
      ...{ ...TOWN, ...units, classes: { '7a': { members: {} } } },
      enrolments: [{ person: 'kim', unit: 'free' }],
    };
    await town.night('2026-09-01', away);
    assert.deepEqual([town.users(), town.living()], [[], []]);
    assert.doesNotMatch(Object.values(await town.world.picture()).join('\n'), /free|Kim/);
    const kept = await town.idOf('person', 'kim');
    const watched = await town.world.withHub(async ({ engine }) =>
      JSON.stringify(await engine.store.entities.get('person', [kept])),
    );
    assert.match(watched, /"governedBy":"Private"/);
    await town.night('2026-10-01', {
      ...{ ...TOWN, ...units },
      enrolments: [
        { person: 'kim', unit: 'free', end: '2026-09-30' },
        { person: 'kim', begin: '2026-10-01' },
      ],
    });
    assert.equal(town.user('kim')?.['displayName'], 'Kim Ek');
    assert.equal(town.childrenOf('Bo').length, 1);
    const roles = await town.world.delivered('roles.csv');
    assert.equal(roles.trim().split('\r\n').length, 2, 'one role, at the school of the city');
  });

  it('7.28 an independent school that tells of its classes and teachers: no target of the city hears of them', async () => {
    const free = { unit: 'free', begin: '2026-08-18' };
    const persons = { ...TOWN.persons, frida: { given: 'Frida' }, nova: { given: 'Nova' } };
    const told: Town = {
      ...{ ...TOWN, persons, units: ['school', 'free'] },
      unitDetails: { free: { governedBy: 'Independent' } },
      enrolments: [{ person: 'kim' }],
      classes: {
        ...TOWN.classes,
        f7: { ...free, name: 'Fria sjuan', members: { nova: ['2026-08-18'] } },
      },
      duties: [{ id: 'd1', person: 'frida', ...free }],
      activities: [{ group: 'f7', duty: 'd1' }],
    };
    await town.night('2026-09-01', told);
    // A delta names the member alone: that the unit is another's is known of the unit.
    const { elements } = batchOf('2026-09-02', {
      ...{ persons: {}, units: ['free'], enrolments: [{ person: 'nova', unit: 'free' }] },
    });
    await publish(join(town.world.folder, 'data', 'register'), {
      ...{ name: 'ber-20260902T0100-delta', datetime: '2026-09-02T01:00:00+02:00' },
      elements: (elements ?? []).filter((one) => one.startsWith('<membership')),
      window: { from: '2026-09-01T02:00:00+02:00', to: '2026-09-02T01:00:00+02:00' },
    });
    await town.night('2026-09-02', null);
    assert.deepEqual(
      town.users().map(({ userName }) => userName),
      ['kim@skola.example'],
    );
    const picture = Object.values(await town.world.picture()).join('\n');
    assert.doesNotMatch(picture, /Frida|Nova|Fria|free/);
    const id = await town.idOf('group', 'f7');
    const { targets } = await town.world.withHub(({ control }) =>
      control.trace({ kind: 'group', id }, 'test'),
    );
    const of = targets.find(({ flow }) => flow === 'identity');
    assert.deepEqual(
      of?.becauseSaid.map(({ name }) => name),
      ['otherSchools'],
    );
  });
});
