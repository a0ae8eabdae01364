import assert from 'node:assert/strict';
import type { JsonObject } from '../../core/message/message.ts';
import { IntakeTown } from './intake-town.ts';

const PERSON = `to: person.v1
entity: { identity: id, of: register }
fields: { givenName: { take: name }, familyName: { const: Ek } }`;
const ACCOUNT = `to: person.v1
entity: { identity: id, of: register }
supplement: true
fields: { eduPersonPrincipalNames: { take: account, split: "," } }`;
const ENROLMENT = `to: person.v1
entity: { identity: id, of: register }
supplement: true
fields:
  enrolments:
    list:
      - item:
          enroledAt: { identity: kind, of: register }
          schoolType: { const: GR }
          startDate: { const: "2026-08-18" }`;
const GROUP = `to: group.v1
entity: { identity: id, of: register }
fields:
  displayName: { const: 7A }
  groupType: { const: Klass }
  startDate: { const: "2026-08-18" }
  organisation: { identity: kind, of: register }`;
const MEMBERS = `to: group.v1
entity: { identity: id, of: register }
supplement: true
partial: { when: "true", list: groupMemberships, keyedBy: person.id, removed: "false" }
fields:
  groupMemberships:
    list: duplicates
    as: member
    item: { person: { identity: member, of: register } }`;
const DUTY = `to: duty.v1
entity: { identity: id, of: register }
fields:
  person: { identity: person, of: register }
  dutyAt: { identity: kind, of: register }
  startDate: { const: "2026-08-18" }`;

const KIM = { id: 'p1', name: 'Kim' };
const ROBIN = { id: 'p2', name: 'Robin' };

describe('a person whom a source deletes by a change', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    for (const module of ['register', 'aside']) town.map(module, 'members', MEMBERS);
    town.map('register', 'person', PERSON);
    town.map('register', 'account', ACCOUNT);
    town.map('register', 'enrolment', ENROLMENT);
    town.map('register', 'group', GROUP);
    town.map('register', 'duty', DUTY);
    await change('person', KIM, ROBIN);
    await change('account', { id: 'p1', account: 'kim@x.se' });
    await change('enrolment', { id: 'p1', kind: 'u1' });
    await change('group', { id: 'c1', kind: 'u1' });
    await change('members', { id: 'c1', duplicates: ['p1', 'p2'] });
    await change('duty', { id: 'd1', person: 'p1', kind: 'u1' });
  });
  afterEach(() => town.close());

  const change = (stream: string, ...rows: Parameters<IntakeTown['take']>[3]) =>
    town.take('register', 'delta', stream, rows);
  const idOf = (kind: string, name: string) => town.identity.idOf('register', kind, name);
  const get = async (kind: string, name: string): Promise<JsonObject | undefined> =>
    (await town.store.entities.get(kind, [idOf(kind, name)]))[0]?.entity;
  const members = async () => {
    const found = (await get('group', 'c1'))?.['groupMemberships'] ?? [];
    return JSON.stringify(found);
  };
  const memberships = (...names: readonly string[]) =>
    JSON.stringify(names.map((name) => ({ person: { id: idOf('person', name) } })));

  it('takes the relations along: they are not back when the person is', async () => {
    await change('person', { gone: { id: 'p1' } });
    assert.equal(await members(), memberships('p2'));
    assert.equal(await get('duty', 'd1'), undefined);
    await change('person', KIM);
    const kim = await get('person', 'p1');
    assert.deepEqual(
      [kim?.['enrolments'], kim?.['eduPersonPrincipalNames']],
      [undefined, ['kim@x.se']],
    );
    assert.equal(await members(), memberships('p2'));
    await change('members', { id: 'c1', duplicates: ['p1'] });
    assert.equal(await members(), memberships('p2', 'p1'));
  });

  it('leaves alone what another source has said, and what a whole set says', async () => {
    await town.take('aside', 'delta', 'members', [{ id: 'c1', duplicates: ['p1'] }]);
    await change('person', { gone: { id: 'p1' } });
    assert.match(await members(), new RegExp(idOf('person', 'p1')));
    await town.take('register', 'full', 'person', [KIM, ROBIN, { gone: { id: 'p2' } }]);
    const [part] = (
      await town.store.entities.parts({ kind: 'group', id: idOf('group', 'c1') })
    ).filter(({ source, stream }) => source === 'register' && stream === 'members');
    assert.match(JSON.stringify(part?.content), new RegExp(idOf('person', 'p2')));
  });

  it('is out of a list that a later record of the same run adds to', async () => {
    await change('person', { gone: { id: 'p1' } }, KIM);
    await change('members', { id: 'c1', duplicates: ['p3'] });
    assert.equal(await members(), memberships('p2', 'p3'));
  });

  for (const order of ['before', 'after']) {
    it(`keeps what a whole set of the same run says of who is back, read ${order} it`, async () => {
      const set = {
        ...{ stream: 'members', mode: 'full' as const },
        rows: [{ id: 'c1', duplicates: ['p1', 'p2'] }],
      };
      const persons = {
        ...{ stream: 'person', mode: 'delta' as const },
        rows: [{ gone: { id: 'p1' } }, KIM],
      };
      await town.takeAll('register', [set]);
      await town.takeAll('register', order === 'before' ? [set, persons] : [persons, set]);
      assert.equal(await members(), memberships('p1', 'p2'));
    });
  }
});
