import assert from 'node:assert/strict';
import { protectedNames } from '../../core/control/findings/protected-names.ts';
import { IntakeTown } from './intake-town.ts';

const PERSON = `to: person.v1
entity: { identity: id, of: register }
fields:
  givenName: { take: name }
  familyName: { const: Ek }
  securityMarking: { take: mark, default: Ingen }`;
const MARK = 'Sekretessmarkering';

describe('the title of a group or an activity', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'person', PERSON);
  });
  afterEach(() => town.close());

  it('is told where it holds the name of one who is or was in it, and only then', async () => {
    const title = (to: string, rest: string) => `to: ${to}.v1
entity: { identity: id, of: register }
fields: { displayName: { take: name }, organisation: { identity: kind, of: register }, ${rest} }`;
    const first = 'startDate: { const: "2026-08-18" }';
    const members = `groupMemberships: { list: [{ item: { person: { identity: person, of: register },
      endDate: { const: "2026-08-30" } } }] }`;
    const group = title('group', `groupType: { const: Klass }, ${first}, ${members}`);
    town.map('register', 'group', group);
    const duty = `to: duty.v1
entity: { identity: id, of: register }
fields: { dutyRole: { const: Lärare }, ${first}, dutyAt: { identity: kind, of: register },
  person: { identity: person, of: register } }`;
    town.map('register', 'duty', duty);
    const groups = `groups: { list: [{ identity: person, of: register }] },
  teachers: { list: [{ item: { duty: { identity: person, of: register } } }] }`;
    const activity = title('activity', `calendarEventsRequired: { const: false }, ${groups}`);
    town.map('register', 'activity', activity);
    const people = (mark: string) => [
      { id: 'p1', name: 'Kim Alex', mark },
      { id: 'p2', name: 'Bo' },
    ];
    const night = async (mark: string, name: string) => {
      const class7 = { id: 'g1', name: '7A', kind: 'north', person: 'p1' };
      const own = { id: 'g2', name, kind: 'north', person: 'p1' };
      const others = { id: 'g3', name: 'Kim Ek', kind: 'north', person: 'p2' };
      const lessons = { id: 'a1', name: `Svenska, ${name}`, kind: 'north', person: 'g2' };
      const teaches = { id: 't1', name: '', kind: 'north', person: 'p1' };
      const taught = { id: 'a2', name: `Kör, ${name}`, kind: 'north', person: 't1' };
      await town.take('register', 'full', 'person', people(mark));
      await town.take('register', 'full', 'duty', [teaches]);
      await town.take('register', 'full', 'group', [class7, own, others]);
      await town.take('register', 'full', 'activity', [lessons, taught]);
      return (await protectedNames({ store: town.store })).map(({ code, text }) => {
        assert.equal(code, 'PROTECTED_NAMED');
        assert.doesNotMatch(text, /Kim|Ek|st.d/);
        return text;
      });
    };
    assert.deepEqual(await night('Ingen', 'Kim Ek (stöd)'), []);
    const said = await night(MARK, 'EK, kim (stöd)');
    const id = (kind: string, one: string) => town.identity.idOf('register', kind, one);
    const unit = id('organisation', 'north');
    const place = (kind: string, one: string, line: number) =>
      `the title of ${kind} ${id(kind, one)} (unit ${unit}) holds the name of a protected person: register.csv:${line}`;
    assert.deepEqual(
      said.sort(),
      [place('activity', 'a1', 2), place('activity', 'a2', 3), place('group', 'g2', 3)].sort(),
    );
    assert.deepEqual(await night(MARK, 'Kim (stöd)'), []);
    for (const title of ['Kim Eks grupp', 'Alex Ek:s stöd', 'EKS KIM']) {
      assert.equal((await night(MARK, title)).length, 3, title);
    }
  });
});
