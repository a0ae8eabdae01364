import assert from 'node:assert/strict';
import { RefusedFailure } from '../../core/failure/failure.ts';
import { IntakeTown, type Told } from './intake-town.ts';

const PERSON = `to: person.v1
entity: { identity: id }
fields:
  givenName: { take: name }
  familyName: { const: Ek }
  birthDate: { take: born, date: yyyy-MM-dd, empty: omit }
`;

/** Who is missing from a whole set goes; where that cannot be told for sure, a person is told. */
describe('who is missing from a whole set', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'elev', PERSON);
    await send(['a', 'b', 'c', 'd']);
  });
  afterEach(() => town.close());

  const row = (id: string): Told => ({ id, name: id, born: '2014-01-01' });
  const send = (ids: readonly string[], ...more: readonly Told[]) =>
    town.take('register', 'full', 'elev', [...ids.map(row), ...more]);
  const names = async () => (await town.persons()).map(({ givenName }) => givenName).sort();
  const holds = () => town.store.runs.holds({ state: 'open' });

  it('stays for a night, and goes with the second', async () => {
    await send(['a', 'b', 'c']);
    assert.deepEqual(await names(), ['a', 'b', 'c', 'd']);
    await send(['a', 'b', 'c']);
    assert.deepEqual(await names(), ['a', 'b', 'c']);
  });

  it('begins anew to be missing after having been there', async () => {
    await send(['a', 'b', 'c']);
    await send(['a', 'b', 'c', 'd']);
    await send(['a', 'b', 'c']);
    assert.deepEqual(await names(), ['a', 'b', 'c', 'd']);
  });

  it('goes although a record is bad of which the id is known, and that one stays', async () => {
    const bad = { id: 'a', name: 'a', born: 'never' };
    const failure = new RefusedFailure('RECORD_INVALID', 'elev.csv, line 5: no date');
    for (const _night of [1, 2]) {
      const fault = { failure, value: { id: 'b', name: 'b' } };
      await town.take('register', 'full', 'elev', [bad, row('c')], [fault]);
    }
    assert.deepEqual(await names(), ['a', 'b', 'c']);
    assert.deepEqual(await holds(), []);
  });

  it('waits while a record names nobody, told with how many and which line', async () => {
    const nobody = { id: ' ', name: 'a', born: '' };
    assert.equal((await send(['b', 'c'], nobody)).outcome, 'done');
    const run = await send(['b', 'c'], nobody);
    assert.deepEqual([run.outcome, run.problem?.code], ['held', 'LEAVERS_UNSURE']);
    assert.match(run.problem?.text ?? '', /2 of elev are missing and stay, since register.csv:4/);
    assert.deepEqual(await names(), ['a', 'b', 'c', 'd']);
  });

  it('goes where a person lets exactly them go, and the hold is over', async () => {
    const nobody = { id: '', name: 'x', born: '' };
    await send(['a', 'b', 'c'], nobody);
    await send(['a', 'b', 'c'], nobody);
    await town.approve();
    assert.equal((await send(['a', 'b', 'c'], nobody)).outcome, 'done');
    assert.deepEqual(await names(), ['a', 'b', 'c']);
    assert.deepEqual(await holds(), []);
  });

  it('is not let go by an approval of others', async () => {
    const nobody = { id: '', name: 'x', born: '' };
    await send(['a', 'b', 'c'], nobody);
    await send(['a', 'b'], nobody);
    await town.approve();
    await send(['a', 'b'], nobody);
    assert.deepEqual(await names(), ['a', 'b', 'c', 'd']);
  });

  it('goes at once when the record is mended, having waited long enough', async () => {
    const nobody = { id: '', name: 'x', born: '' };
    await send(['b', 'c'], nobody);
    await send(['b', 'c'], nobody);
    await send(['a', 'b', 'c']);
    assert.deepEqual(await names(), ['a', 'b', 'c']);
    assert.deepEqual(await holds(), []);
  });

  describe('of a class', () => {
    const CLASS_ROWS = `to: group.v1
entity: { identity: kind, of: register }
part: PART
fields:
  displayName: { const: 7A }
  groupType: { const: Klass }
  startDate: { take: born, date: yyyy-MM-dd }
  organisation: { identity: family, of: register }
  groupMemberships: { list: [{ item: { person: { identity: person, of: register } } }] }`;
    const member = (person: string, kind = 'k1', born = '2026-08-18') => {
      return { id: `${kind}${person}`, person, kind, born, family: 'u1' };
    };
    const take = (...rows: readonly Told[]) => town.take('register', 'full', 'klass', rows);
    const members = async () => {
      const parts = await Promise.all(
        ['k1', 'k2'].map((id) => {
          const klass = { kind: 'group', id: town.identity.ownIdOf('register', 'group', id) };
          return town.store.entities.parts(klass);
        }),
      );
      return parts.flat().map(({ part }) => part);
    };
    const begin = async (part: string) => {
      town.map('register', 'klass', CLASS_ROWS.replace('PART', part));
      await take(member('a'), member('b'), member('c', 'k2'), member('d', 'k2'));
    };

    it('goes although the row of somebody new in it is bad', async () => {
      await begin('{ take: person }');
      for (const _night of [1, 2]) {
        await take(member('a'), member('e', 'k1', 'never'), member('c', 'k2'), member('d', 'k2'));
      }
      assert.deepEqual([await members(), await holds()], [['a', 'c', 'd'], []]);
    });

    it('stays, told with how many and which line, where a row of it does not say whom it means', async () => {
      await begin('{ take: person }');
      const bad = { spoilt: { id: 'k1', kind: 'k1' } };
      await take(member('a'), member('c', 'k2'), bad);
      const failure = new RefusedFailure('RECORD_INVALID', 'no number', {
        place: { file: 'klass.csv', line: 7, field: 'person' },
      });
      const fault = { failure, value: { id: 'k1', kind: 'k1' } };
      const rows = [member('a'), member('c', 'k2')];
      const run = await town.take('register', 'full', 'klass', rows, [fault]);
      assert.deepEqual([run.outcome, run.problem?.code], ['held', 'LEAVERS_UNSURE']);
      assert.match(run.problem?.text ?? '', /1 of klass are missing and stay, since klass.csv:7/);
      assert.deepEqual(await members(), ['a', 'b', 'c'], 'who has left the other class goes');
      await town.approve();
      await town.take('register', 'full', 'klass', rows, [fault]);
      assert.deepEqual([await members(), await holds()], [['a', 'c'], []]);
    });

    it('stays where a bad row may be theirs under another name', async () => {
      await begin("{ cel: person + '/' + born }");
      const run = async () =>
        take(member('a'), member('b', 'k1', '2026-13-45'), member('c', 'k2'), member('d', 'k2'));
      await run();
      assert.equal((await run()).problem?.code, 'LEAVERS_UNSURE');
      assert.equal((await members()).length, 4);
    });
  });

  it('is told from who is deleted by a record: nothing stays of them, unless they come again', async () => {
    const id = (await town.persons()).find(({ givenName }) => givenName === 'd')?.id ?? '';
    const gone = async () => (await town.store.entities.goneAtOnce('person', [id])).has(id);
    const take = (...told: readonly Told[]) => town.take('register', 'delta', 'elev', told);
    await take({ gone: { id: 'd' } });
    assert.equal(await gone(), true);
    await take(row('d'));
    await take({ gone: { id: 'd' } }, row('d'));
    await send(['a', 'b', 'c']);
    await send(['a', 'b', 'c']);
    assert.deepEqual([await names(), await gone()], [['a', 'b', 'c'], false]);
  });
});
