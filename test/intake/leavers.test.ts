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
