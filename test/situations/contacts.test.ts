import assert from 'node:assert/strict';
import { SituationTown, TOWN } from './situation-town.ts';
import type { Town } from './town.ts';

/** School Data Sync may be told of guardians, if the city says so. */
describe('situations of contacts in the collaboration platform', () => {
  let town: SituationTown;

  beforeEach(async () => {
    town = await SituationTown.open();
    const files = 'files: { folder: data/collaboration }';
    await town.world.reconfigure(files, `${files}, relationships: true`);
  });
  afterEach(() => town.close());

  const rows = async (file: string) => {
    const text = await town.world.delivered(file);
    return text.trim().split('\r\n').slice(1);
  };
  const contacts = async () =>
    (await rows('users.csv')).flatMap((row) => /^contact-.*?,(.*?),/.exec(row)?.[1] ?? []).sort();

  it('a guardian with an address is one, until the responsibility ends', async () => {
    const { kim, anna, bo } = TOWN.persons;
    const sam = { given: 'Sam', born: '2014-05-01', guardians: { anna: 'custody="joint"' } };
    const town1: Town = {
      ...TOWN,
      persons: {
        kim: {
          ...kim,
          guardians: { anna: 'custody="joint"', bo: 'custody="joint" end="2026-09-02"' },
        },
        sam,
        anna: { ...anna, email: 'anna@post.example' },
        bo: { ...bo, email: 'bo@post.example' },
        cleo: { given: 'Cleo', email: 'cleo@post.example', account: null },
      },
      enrolments: [{ person: 'kim' }, { person: 'sam' }],
    };
    await town.night('2026-09-01', town1);
    assert.deepEqual(await contacts(), ['anna@post.example', 'bo@post.example']);
    assert.equal((await rows('relationships.csv')).length, 3);
    await town.night('2026-09-03', null);
    assert.deepEqual(await contacts(), ['anna@post.example']);
    assert.equal((await rows('relationships.csv')).length, 2);
    // One of the children is gone: the contact stays for the other one.
    const persons = { ...town1.persons, kim: { ...kim, status: 'Deceased' as const } };
    await town.night('2026-09-04', { ...town1, persons });
    assert.deepEqual(await contacts(), ['anna@post.example']);
    assert.equal((await rows('relationships.csv')).length, 1);
  });

  it('a plan says of what there is nothing at all, and why', async () => {
    const { kim, ...others } = TOWN.persons;
    await town.night('2026-09-01', { ...TOWN, persons: { kim: { ...kim }, ...others } });
    const [report] = await town.world.plan('collaboration');
    const empty = report?.empty.find(({ objectKind }) => objectKind === 'relationships');
    assert.deepEqual(empty?.unreferred, { contacts: 2 });
  });
});
