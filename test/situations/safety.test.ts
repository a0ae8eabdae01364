import assert from 'node:assert/strict';
import { person, SituationTown, TOWN } from './situation-town.ts';

/** What hurts people when it is late or wrong. */
describe('situations in which somebody must not be found, or told', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
  });
  afterEach(() => town.close());

  it('7.8 a guardian who loses custody is gone from the child the same day', async () => {
    await town.night('2026-09-01', TOWN);
    assert.equal(town.childrenOf('Bo').length, 1);
    await town.night('2026-09-02', person({ guardians: { anna: 'custody="sole"' } }));
    assert.equal(town.childrenOf('Bo').length, 0);
    assert.equal(town.childrenOf('Kim').length, 1, 'the other guardian stays');
  });

  it('7.9 the 18th birthday: guardians are gone at local midnight, with no event from any source', async () => {
    await town.night('2026-09-01', person({ born: '2008-09-02' }));
    assert.equal(town.childrenOf('Bo').length, 1);
    await town.at('2026-09-01T23:30:00+02:00');
    assert.equal(town.childrenOf('Bo').length, 1);
    await town.at('2026-09-02T00:30:00+02:00');
    assert.equal(town.childrenOf('Bo').length, 0);
  });

  it('7.18 protection switched on: withdrawn from every target the same night', async () => {
    await town.night('2026-09-01', TOWN);
    await town.night('2026-09-02', person({ privacy: 1 }));
    assert.equal(town.user('kim'), undefined);
    assert.equal(town.roleOf('Kim', 'Student').length, 0);
    assert.doesNotMatch(await town.world.delivered('users.csv'), /kim@/);
    assert.deepEqual(town.childrenOf('Bo'), []);
  });

  it('7.20 protection switched off: released by a person alone, never by a file', async () => {
    await town.night('2026-09-01', person({ privacy: 1 }));
    await town.night('2026-09-02', person({ family: 'Nyman' }));
    assert.equal(town.user('kim'), undefined);
    await town.night('2026-09-03', person({ family: 'Nyman' }));
    assert.equal(town.user('kim'), undefined, 'no second night releases it either');
    const [hold, ...others] = await town.world.withHub(({ control }) => control.holds('open'));
    assert.deepEqual([hold?.reasons[0]?.code, others], ['PROTECTION_RELEASE', []]);
    const decision = { approve: true, units: null, who: 'Kim', reason: 'the school has said so' };
    await town.world.withHub(({ control }) => control.decideHolds([hold?.id ?? ''], decision));
    await town.night('2026-09-04', null);
    assert.equal(town.user('kim')?.['displayName'], 'Kim Nyman');
    assert.equal(town.childrenOf('Bo').length, 1);
    await town.night('2026-09-05', person({ family: 'Ek' }));
    assert.equal(town.user('kim')?.['displayName'], 'Kim Ek', 'it does not come back by itself');
  });

  it('7.21 death: silence at once', async () => {
    await town.night('2026-09-01', TOWN);
    await town.night('2026-09-02', person({ status: 'Deceased' }));
    assert.equal(town.user('kim'), undefined);
    assert.doesNotMatch(await town.world.delivered('users.csv'), /kim@/);
    assert.equal(town.roleOf('Kim', 'Student').length, 0);
    assert.deepEqual(town.childrenOf('Bo'), []);
  });
});
