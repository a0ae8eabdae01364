import assert from 'node:assert/strict';
import { rulesOf } from '../../core/config/rules/source-rules.ts';
import { RefusedFailure } from '../../core/failure/failure.ts';
import { IntakeTown } from './intake-town.ts';

const CLASS = `to: group.v1
entity: { identity: id, of: register }
fields:
  displayName: { const: 7A }
  groupType: { const: Klass }
  startDate: { const: "2026-08-18" }
  organisation: { identity: kind, of: register }`;
const ROW = `to: group.v1
entity: { identity: id, of: register }
supplement: true
part: { take: person }
fields:
  groupMemberships: { list: [{ item: { person: { identity: person, of: register }, startDate: { take: born, empty: omit }, endDate: { take: mark, date: yyyy-MM-dd, empty: omit } } }] }`;

describe('a bad row of the list of a class', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'class', CLASS);
    town.map('register', 'member', ROW);
    await town.take('register', 'delta', 'class', [{ id: '7a', kind: 's1' }]);
  });
  afterEach(() => town.close());

  const row = (person: string, more = {}) => ({ id: '7a', person, born: '', mark: '', ...more });
  const members = async () => {
    const persons = new Map(
      ['p1', 'p2', 'p3'].map((one) => [town.identity.idOf('register', 'person', one), one]),
    );
    const id = town.identity.idOf('register', 'group', '7a');
    const [group] = await town.store.entities.get('group', [id]);
    const items = (group?.entity['groupMemberships'] ?? []) as { person: { id: string } }[];
    return items.map(({ person }) => persons.get(person.id)).sort();
  };
  const told = async () => {
    const found: string[] = [];
    for await (const batch of town.store.messages.scan({ state: ['failed'] })) {
      found.push(...batch.map(({ problem }) => `${problem?.place?.line} ${problem?.code}`));
    }
    return found;
  };

  it('is set aside alone, where its value is none that the class could hold', async () => {
    const rows = [row('p1', { born: 'igår' }), row('p2'), row('p3')];
    await town.take('register', 'full', 'member', rows);
    assert.deepEqual(await members(), ['p2', 'p3']);
    assert.deepEqual(await told(), ['2 VALUE_NOT_ALLOWED']);
  });

  it('is told although a good one of the same class follows, and until it is mended', async () => {
    for (const mode of ['full', 'delta'] as const) {
      const bad = row('p1', { mark: '2026-02-30' });
      await town.take('register', mode, 'member', [bad, row('p2')]);
      assert.deepEqual(await told(), ['2 VALUE_NOT_ALLOWED'], mode);
      await town.take('register', 'delta', 'member', [row('p3')]);
      assert.deepEqual(await told(), ['2 VALUE_NOT_ALLOWED'], mode);
      await town.take('register', mode, 'member', [row('p1'), row('p2'), row('p3')]);
      assert.deepEqual(await told(), [], mode);
    }
    assert.deepEqual(await members(), ['p1', 'p2', 'p3']);
  });

  it('keeps what it said, and nobody else who has left the class', async () => {
    town.rules = rulesOf({ missing: { '*': 'delete' }, guards: { maxDelete: '100%' } });
    const bo = { born: '2026-08-18' };
    await town.take('register', 'full', 'member', [row('p1'), row('p2'), row('p3')]);
    await town.take('register', 'full', 'member', [row('p1', { born: 'igår' }), row('p3', bo)]);
    assert.deepEqual(await members(), ['p1', 'p3']);
    const [place, text] = [{ file: 'register.csv', line: 2, field: 'born' }, 'a date is no date'];
    const failure = new RefusedFailure('RECORD_INVALID', text, { place });
    const fault = { failure, value: { id: '7a', person: 'p1' }, unread: { born: 'igår' } };
    await town.take('register', 'full', 'member', [], [fault]);
    assert.deepEqual(await members(), ['p1'], 'nor where a column could not be read');
  });
});
