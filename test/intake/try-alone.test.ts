import assert from 'node:assert/strict';
import { RefusedFailure } from '../../core/failure/failure.ts';
import { all } from '../contract/store-fixtures.ts';
import { IntakeTown } from './intake-town.ts';

const PERSON = (table: string) => `to: person.v1
entity: { identity: id }
fields:
  givenName: { take: name }
  familyName: { const: Ek }
  sex: { take: kind, table: ${table} }
`;

/** What was set aside is tried with every sync, whether or not a file comes. */
describe('a record that was set aside', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'elev', PERSON('{ K: Kvinna }'));
    await town.take('register', 'full', 'elev', [
      { id: 'a', name: 'a', kind: 'K' },
      { id: 'b', name: 'b', kind: 'M' },
    ]);
    assert.deepEqual(await names(), ['a']);
  });
  afterEach(() => town.close());

  const names = async () => (await town.persons()).map(({ givenName }) => givenName).sort();
  const failed = () => town.store.messages.count({ type: ['inbound'], state: ['failed'] });

  it('is taken in once its table is mended, while the file is away', async () => {
    town.remap('register', 'elev', PERSON('{ K: Kvinna, M: Man }'));
    const run = await town.away('register');
    assert.deepEqual([run.outcome, run.counts['changed']], ['failed', 1]);
    assert.deepEqual(await names(), ['a', 'b']);
    assert.equal(await failed(), 0);
  });

  it('stays set aside while its table is not, and its message too', async () => {
    await town.away('register');
    assert.deepEqual(await names(), ['a']);
    assert.equal(await failed(), 1);
    town.remap('register', 'elev', PERSON('{ K: Kvinna, M: Man }'));
    await town.away('register');
    assert.deepEqual(await names(), ['a', 'b']);
  });

  it('of which not all could be read is kept to say whose it is, and is not tried', async () => {
    const place = { file: 'register.csv', line: 9, field: 'kind' };
    const failure = new RefusedFailure('RECORD_INVALID', 'register.csv, line 9: kind', { place });
    const fault = { failure, value: { id: 'c', name: 'c' }, unread: { kind: '?' } };
    await town.take('register', 'delta', 'elev', [], [fault]);
    const kept = async () =>
      (await all(town.store.quarantine.scan('register'))).map(({ value }) => value['id']);
    assert.deepEqual([await kept(), await failed()], [['b', 'c'], 2]);
    await town.away('register');
    await town.take('register', 'delta', 'elev', []);
    assert.deepEqual([await names(), await kept()], [['a'], ['b', 'c']]);
    await town.take('register', 'delta', 'elev', [{ id: 'c', name: 'c', kind: 'K' }]);
    assert.deepEqual([await names(), await kept(), await failed()], [['a', 'c'], ['b'], 1]);
  });

  it('is not read by the mappings of another connector, and is over with its first whole set', async () => {
    town.remap('register', 'elev', PERSON('{ K: Kvinna }').replace(/ {2}sex: .*\n/, ''), 'lists');
    await town.away('register');
    await town.take('register', 'delta', 'elev', []);
    assert.deepEqual(
      [await names(), await failed()],
      [['a'], 1],
      'a field of the same name is not the same',
    );
    await town.take('register', 'full', 'elev', [{ id: 'a', name: 'a' }]);
    assert.deepEqual([await names(), await failed()], [['a'], 0]);
    assert.deepEqual(await all(town.store.quarantine.scan('register')), []);
  });

  it('is taken in although the guard holds what the file lacks', async () => {
    town.remap('register', 'elev', PERSON('{ K: Kvinna, M: Man }'));
    const run = await town.take('register', 'full', 'elev', []);
    assert.equal(run.outcome, 'held');
    assert.deepEqual(await names(), ['a', 'b']);
  });
});
