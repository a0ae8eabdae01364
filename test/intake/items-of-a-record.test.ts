import assert from 'node:assert/strict';
import { rulesOf } from '../../core/config/rules/source-rules.ts';
import { IntakeTown } from './intake-town.ts';

const CLASS = `to: group.v1
entity: { identity: id, of: register }
alone: { list: groupMemberships, keyedBy: person.id }
fields:
  displayName: { const: 7A }
  groupType: { const: Klass }
  startDate: { const: "2026-08-18" }
  organisation: { identity: kind, of: register }
  groupMemberships:
    list: members
    as: member
    item:
      person: { identity: member.person, of: register }
      endDate: { take: member.end, date: yyyy-MM-dd, empty: omit }`;

describe('a class whose members stand in one record', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.rules = rulesOf({ missing: { '*': 'delete' }, guards: { maxDelete: '100%' } });
    town.map('register', 'class', CLASS);
  });
  afterEach(() => town.close());

  const tell = (mode: 'full' | 'delta', members: readonly (readonly [string, string])[]) => {
    const listed = members.map(([person, end]) => ({ person, end }));
    return town.take('register', mode, 'class', [{ id: '7a', kind: 's1', members: listed }]);
  };
  const members = async () => {
    const persons = new Map(
      ['p1', 'p2', 'p3', 'p4'].map((one) => [town.identity.idOf('register', 'person', one), one]),
    );
    const id = town.identity.idOf('register', 'group', '7a');
    const [group] = await town.store.entities.get('group', [id]);
    const items = (group?.entity['groupMemberships'] ?? []) as {
      person: { id: string };
      endDate?: string;
    }[];
    return items
      .map(({ person, endDate }) => [persons.get(person.id), endDate ?? ''].join(' '))
      .sort();
  };
  const told = async () => {
    const found: string[] = [];
    for await (const batch of town.store.messages.scan({ state: ['failed'] })) {
      for (const { problem } of batch)
        found.push(`${problem?.place?.line} ${problem?.place?.field}`);
    }
    return found;
  };

  for (const mode of ['full', 'delta'] as const) {
    it(`keeps the member alone whose date is none: others come and go (${mode})`, async () => {
      await tell(mode, [
        ['p1', '2027-06-10'],
        ['p2', ''],
        ['p3', ''],
      ]);
      await tell(mode, [
        ['p3', ''],
        ['p1', '2027-02-30'],
        ['p4', ''],
      ]);
      assert.deepEqual(await members(), ['p1 2027-06-10', 'p3 ', 'p4 '], 'p2 has left');
      assert.deepEqual(await told(), ['2 groupMemberships[1].endDate']);
      await tell(mode, [
        ['p3', ''],
        ['p1', '2027-02-30'],
      ]);
      assert.deepEqual(await members(), ['p1 2027-06-10', 'p3 '], 'so has p4');
      await tell(mode, [['p1', '2027-02-20']]);
      assert.deepEqual(await members(), ['p1 2027-02-20']);
      assert.deepEqual(await told(), [], 'it is mended');
    });
  }

  it('keeps every membership of a person of whom one cannot be read', async () => {
    await tell('full', [
      ['p1', '2026-12-20'],
      ['p1', ''],
      ['p2', ''],
    ]);
    await tell('full', [
      ['p1', '2026-12-19'],
      ['p1', 'aldrig'],
    ]);
    assert.deepEqual(await members(), ['p1 ', 'p1 2026-12-20']);
  });

  it('keeps everybody where nobody can tell who the bad member is', async () => {
    await tell('full', [
      ['p1', ''],
      ['p2', ''],
    ]);
    await tell('full', [
      ['', 'aldrig'],
      ['p2', ''],
    ]);
    assert.deepEqual(await members(), ['p1 ', 'p2 ']);
    assert.deepEqual(await told(), ['2 groupMemberships.person']);
  });

  it('leaves a member out who is new and cannot be read, and is told until it comes anew', async () => {
    await tell('delta', [
      ['p1', ''],
      ['p2', 'aldrig'],
    ]);
    assert.deepEqual(await members(), ['p1 ']);
    await town.take('register', 'delta', 'class', []);
    assert.deepEqual(await told(), ['2 groupMemberships[1].endDate']);
    await tell('delta', [
      ['p1', ''],
      ['p2', ''],
    ]);
    assert.deepEqual([await members(), await told()], [['p1 ', 'p2 '], []]);
  });
});
