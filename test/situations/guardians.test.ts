import assert from 'node:assert/strict';
import { SituationTown, TOWN } from './situation-town.ts';
import type { Town } from './town.ts';

/** The pupil's guardians, as the register says it of each. */
function guardians(of: Readonly<Record<string, string>>): Town {
  const { kim, ...others } = TOWN.persons;
  return { ...TOWN, persons: { kim: { ...kim, guardians: of }, ...others } };
}

describe('situations of guardians', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
  });
  afterEach(() => town.close());

  const wards = () => ['Bo', 'Kim'].map((name) => town.childrenOf(name).length);

  it('a last day ends it and a first day begins it, with no word from the register', async () => {
    const bo = 'custody="joint" end="2026-09-02"';
    const anna = 'custody="joint" begin="2026-09-04"';
    await town.night('2026-09-01', guardians({ anna, bo }));
    assert.deepEqual(wards(), [1, 0]);
    await town.night('2026-09-02', null);
    assert.deepEqual(wards(), [1, 0], 'the last day counts');
    await town.night('2026-09-03', null);
    assert.deepEqual(wards(), [0, 0]);
    await town.night('2026-09-04', null);
    assert.deepEqual(wards(), [0, 1]);
  });

  it('without custody nobody is a guardian; for ever is no last day', async () => {
    const anna = 'custody="sole" end="9999-12-31"';
    await town.night('2026-09-01', guardians({ anna, bo: 'custody="none"' }));
    assert.deepEqual(wards(), [0, 1]);
  });

  it('two who are each other’s guardian are said, and everything goes on', async () => {
    const born = '2013-04-12';
    const ties = (of: string) => ({ born, guardians: { [of]: 'custody="joint"' } });
    const persons = { kim: ties('bo'), bo: { given: 'Bo', ...ties('kim') } };
    await town.night('2026-09-01', {
      ...{ ...TOWN, persons },
      enrolments: [{ person: 'kim' }, { person: 'bo' }],
    });
    const findings = await town.world.withHub(({ control }) => control.findings());
    assert.deepEqual(
      findings.map(({ code, subject }) => [code, subject]),
      [['REFERENCES_CIRCULAR', 'canonical person']],
    );
  });

  it('the day on which it will begin is told to whoever asks', async () => {
    const bo = 'custody="joint" begin="2026-10-01"';
    await town.night('2026-09-01', guardians({ anna: 'custody="joint"', bo }));
    const id = await town.idOf('person', 'bo');
    const begins = await town.world.withHub(async ({ control }) => {
      const trace = await control.trace({ kind: 'person', id }, 'test');
      return trace.targets.find(({ flow }) => flow === 'lms')?.begins;
    });
    assert.equal(begins, '2026-10-01');
  });
});
