import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SituationTown } from './situation-town.ts';
import type { Town } from './town.ts';

const BUILT_IN = join(import.meta.dirname, '..', '..', 'mappings', 'scim', 'group.yaml');

/** A class 7A in each of two schools. */
function twoSchools(south: string): Town {
  return {
    persons: {
      ann: { given: 'Ann', born: '2013-04-12' },
      bea: { given: 'Bea', born: '2013-04-13' },
    },
    units: ['north', 'south'],
    unitDetails: { north: { name: 'Norra' }, south: { name: south } },
    enrolments: [
      { person: 'ann', unit: 'north' },
      { person: 'bea', unit: 'south' },
    ],
    classes: {
      n7a: { name: '7A', unit: 'north', members: { ann: ['2026-08-18'] } },
      s7a: { name: '7A', unit: 'south', members: { bea: ['2026-08-18'] } },
    },
  };
}

describe('situations of classes of one name in two schools', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
    await town.world.guard('{ maxDelete: 100%, maxUpdate: 100%, minimum: 10 }');
  });
  afterEach(() => town.close());

  const groups = () =>
    [...town.world.identity.directory.of('Groups').values()]
      .map(({ displayName, members }) => [displayName, Array.isArray(members) && members.length])
      .sort();

  it('they are two in every target, each with its own pupil', async () => {
    await town.night('2026-09-01', twoSchools('Södra'));
    assert.deepEqual(groups(), [
      ['7A', 1],
      ['7A', 1],
    ]);
    assert.equal(town.coursesCalled('7A').length, 2);
    assert.equal(new Set(town.memberships().map(({ group }) => group)).size, 2);
    const classes = (await town.world.delivered('classes.csv')).match(/,7A,/g);
    assert.equal(classes?.length, 2);
  });

  it('a target that wants names once gets the school’s with it, also where that changes', async () => {
    const mapping = (await readFile(BUILT_IN, 'utf8'))
      .replace('\nkey:', '\nlet: { school: { lookup: organisation, by: organisation.id } }\nkey:')
      .replace(
        'displayName: { take: displayName }',
        `displayName: { cel: "displayName + ' (' + school.displayName + ')'" }`,
      )
      .replace(/\ntests:[\s\S]*/, '\n');
    await town.world.write('mappings/scim/group.yaml', mapping);
    await town.night('2026-09-01', twoSchools('Södra'));
    assert.deepEqual(groups(), [
      ['7A (Norra)', 1],
      ['7A (Södra)', 1],
    ]);
    await town.night('2026-09-02', twoSchools('Sundby'));
    assert.deepEqual(groups(), [
      ['7A (Norra)', 1],
      ['7A (Sundby)', 1],
    ]);
  });
});
