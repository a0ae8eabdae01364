import assert from 'node:assert/strict';
import { CLASS, IntakeTown } from './intake-town.ts';

const PERSON = `to: person.v1
entity: { identity: id, of: register, duplicates: duplicates }
fields: { givenName: { take: name }, familyName: { const: Ek }, birthDate: { take: born, date: yyyy-MM-dd } }`;

const MARKED = PERSON.replace(/ }$/, ', securityMarking: { take: mark, empty: omit } }');
const TWIN = { id: 'p1', name: 'Kim', born: '2013-01-02' };
const KIM = { id: 'p2', name: 'Kim' };
const MERGED = { ...KIM, duplicates: ['p1'] };

describe('two persons that a source has found to be one', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'person', PERSON);
    town.map('register', 'class', CLASS);
  });
  afterEach(() => town.close());

  const members = async () => {
    const kim = { kind: 'person', id: town.identity.ownIdOf('register', 'person', 'p2') };
    return (await town.store.entities.referrers([kim])).flat().length;
  };

  const marked = async () => (await town.persons()).filter((one) => town.isProtected(one)).length;
  const holds = async () => {
    const open = await town.store.runs.holds({ state: 'open' });
    return open.map(({ reasons }) => reasons[0]?.code);
  };
  const codes = async () => {
    const open = await Array.fromAsync(town.store.messages.scan({ target: 'register' }));
    return open.flat().map(({ problem }) => problem?.code);
  };

  for (const rows of [
    [TWIN, MERGED],
    [MERGED, TWIN],
  ]) {
    it(`are one in the very run, the ${rows[0] === TWIN ? 'duplicate' : 'survivor'} first`, async () => {
      await town.take('register', 'full', 'person', rows);
      const [kim, ...others] = await town.persons();
      assert.deepEqual([kim?.['birthDate'], others], ['2013-01-02', []]);
      const run = await town.take('register', 'full', 'person', rows);
      assert.deepEqual([run.counts['changed'], (await town.persons()).length], [0, 1]);
    });
  }

  for (const [survivor, duplicate] of [
    ['Sekretessmarkering', ''],
    ['', 'Sekretessmarkering'],
  ]) {
    const who = survivor === '' ? 'the duplicate' : 'the survivor';
    it(`stay two where only ${who} is protected, and the other is until it is taken back`, async () => {
      town.remap('register', 'person', MARKED);
      const [twin, kim] = [
        { ...TWIN, mark: duplicate ?? '' },
        { ...KIM, mark: survivor ?? '' },
      ];
      const claimed = { ...kim, duplicates: ['p1'] };
      await town.take('register', 'full', 'person', [twin, kim]);
      assert.deepEqual([await marked(), await holds()], [1, []]);
      for (const _night of [1, 2]) {
        await town.take('register', 'full', 'person', [twin, claimed]);
        assert.deepEqual(
          [await marked(), await holds(), await codes()],
          [2, [], ['MERGER_REFUSED']],
        );
      }
      await town.take('register', 'full', 'person', [twin, kim]);
      assert.deepEqual(
        [await marked(), await holds(), await codes()],
        [2, ['PROTECTION_RELEASE'], []],
      );
    });
  }

  it('are one also in what referred to the duplicate and is not sent again', async () => {
    await town.take('register', 'delta', 'person', [TWIN, KIM]);
    await town.take('register', 'delta', 'class', [{ id: 'c1', person: 'p1', kind: 'u1' }]);
    assert.equal(await members(), 0);
    await town.take('register', 'delta', 'person', [MERGED]);
    assert.equal(await members(), 1);
  });
});
