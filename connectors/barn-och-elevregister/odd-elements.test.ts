import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isList } from '../../core/message/digest.ts';
import type { JsonObject, RecordBatch } from '../../core/plugin.ts';
import { testContext } from '../../test/contract/testing.ts';
import { connector } from './connector.ts';
import { publish } from './simulator.ts';

const DAY = '2026-09-01T02:00:00+02:00';

describe('what other senders write of persons, groups and memberships', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-register-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function read(...elements: readonly string[]): Promise<readonly RecordBatch[]> {
    const batches: RecordBatch[] = [];
    await readInto(batches, elements);
    return batches;
  }

  async function readInto(batches: RecordBatch[], elements: readonly string[]): Promise<void> {
    await publish(folder, { name: 'ber-20260901', datetime: DAY, elements });
    const source = await connector.openSource?.(
      { files: { folder }, archive: false },
      {
        ...testContext(folder),
        now: () => Date.parse(DAY),
        today: () => '2026-09-01',
        sleep: async () => undefined,
      },
    );
    assert.ok(source !== undefined);
    const { signal } = new AbortController();
    try {
      for await (const batch of source.read(null, signal)) batches.push(batch);
    } finally {
      await source.close();
    }
  }

  const of = (stream: string, batches: readonly RecordBatch[]) =>
    batches.filter((batch) => batch.stream === stream);
  const recordsOf = (stream: string, batches: readonly RecordBatch[]) =>
    of(stream, batches).flatMap(({ records }) => records);
  const faultsOf = (stream: string, batches: readonly RecordBatch[]) =>
    of(stream, batches).flatMap(({ faults }) => faults);

  const group = (id: string, type: string, more = '') =>
    `<group><sourcedid><id>${id}</id></sourcedid><grouptype><typevalue>${type}</typevalue></grouptype>
<description><short>${id}</short></description>${more}</group>`;
  const member = (id: string, role = 'roletype="Student"', inner = '', about = '') =>
    `<member ${about}><sourcedid><id>${id}</id></sourcedid><role ${role}>${inner}</role></member>`;
  const membership = (id: string, ...members: readonly string[]) =>
    `<membership><sourcedid><id>${id}</id></sourcedid>\n${members.join('\n')}</membership>`;

  /** Group -> its members; those that are removed with a minus. */
  function membersIn(batches: readonly RecordBatch[]): Readonly<Record<string, string>> {
    const named = recordsOf('group-membership', batches).map(({ value }) => {
      const { members = [] } = value;
      assert.ok(isList(members));
      const names = members.map((one) => {
        const { person, removed } = Object(one);
        return `${removed === true ? '-' : ''}${person}`;
      });
      return [String(value['group']), names.join(' ')] as const;
    });
    assert.equal(new Set(named.map(([name]) => name)).size, named.length, 'one record a group');
    return Object.fromEntries(named);
  }

  it('before a damage, is given before it is told', async () => {
    const name = '<name><n><family>Ek</family><given>Kim</given></n></name>';
    const person = (id: string) => `<person><sourcedid><id>${id}</id></sourcedid>${name}</person>`;
    const batches: RecordBatch[] = [];
    const elements = [person('p1'), person('p2'), group('g1', 'Skola').replace('</group>', '</x>')];
    await assert.rejects(readInto(batches, elements), /not well-formed|XML/);
    const ids = recordsOf('person', batches).map(({ value }) => value['id']);
    assert.deepEqual(ids, ['p1', 'p2']);
  });

  it('one membership for each member adds up, in whatever order they come', async () => {
    const pieces = ['a', 'b', 'c'].flatMap((id) => [
      membership('7a', member(id)),
      membership('7b', member(`${id}${id}`), member(id)),
    ]);
    const batches = await read(group('7a', 'Class'), group('7b', 'Class'), ...pieces);
    assert.deepEqual(membersIn(batches), { '7a': 'a b c', '7b': 'a aa b bb c cc' });
  });

  it('the same members in another order, or named twice, are the same record', async () => {
    const values = async (...members: readonly string[]) =>
      recordsOf('group-membership', await read(membership('7a', ...members)))[0]?.value;
    const first = await values(member('a'), member('b'), member('c'));
    assert.deepEqual(await values(member('c'), member('a'), member('b'), member('c')), first);
  });

  it('out and in again is in, in and out again is out, in one membership and in pieces', async () => {
    const out = member('a', 'roletype="Student" recstatus="3"');
    const [first, second] = ['2026-01-07', '2026-08-18'].map(
      (day) => `<timeframe><begin>${day}</begin></timeframe>`,
    );
    const gone = member('c', 'roletype="Student" recstatus="3"', first);
    const members = [
      out,
      member('a'),
      member('b'),
      member('b', 'roletype="Student" recstatus="3"'),
    ];
    const both = [member('c', 'roletype="Student"', second), gone];
    const whole = await read(membership('7a', ...members, ...both));
    assert.deepEqual(membersIn(whole), { '7a': 'a -b c -c' });
    const pieces = members.map((one) => membership('7a', one));
    assert.deepEqual(membersIn(await read(...pieces)), { '7a': 'a -b' });
  });

  it('a group with one bad piece is set aside as a whole', async () => {
    const batches = await read(
      group('7a', 'Class'),
      membership('7a', member('a')),
      membership('7a', member('')),
    );
    assert.deepEqual(membersIn(batches), {});
    const [fault] = faultsOf('group-membership', batches);
    assert.equal(fault?.externalId, '7a');
  });

  it('the pieces of a unit are the enrolments of each, and no group is lost beside them', async () => {
    const placed = (id: string) =>
      member(id, 'roletype="Learner"', '<extension><placement schooltype="GR"/></extension>');
    const batches = await read(membership('u', placed('a')), membership('u', placed('b')));
    const persons = recordsOf('enrolment', batches).map(({ value }) => value['person']);
    assert.deepEqual(persons, ['a', 'b']);
  });

  const OTHERS = [
    'Instructor',
    '02',
    'Staff',
    'Teacher',
    'Mentor',
    '06',
    '08',
    'TeachingAssistant',
  ];
  for (const role of OTHERS) {
    it(`whoever is ${role} of a class is no pupil of it, and may be of a group of anybody`, async () => {
      const members = [member('a', 'roletype="01"'), member('t', `roletype="${role}"`)];
      const batches = await read(
        ...['Class', 'EducationGroup', 'MentorGroup', 'OtherGroup'].map((type) =>
          group(type, type),
        ),
        ...['Class', 'EducationGroup', 'MentorGroup', 'OtherGroup', 'unnamed'].map((id) =>
          membership(id, ...members),
        ),
      );
      assert.deepEqual(membersIn(batches), {
        ...{ Class: 'a', EducationGroup: 'a', MentorGroup: 'a', OtherGroup: 'a t', unnamed: 'a' },
      });
    });
  }

  it('a role that nobody knows may be a new word for pupils: the group stays as it was', async () => {
    const batches = await read(membership('7a', member('a'), member('b', 'roletype="Elev2"')));
    assert.deepEqual(membersIn(batches), {});
    const [fault] = faultsOf('group-membership', batches);
    assert.equal(fault?.externalId, '7a');
    assert.match(fault?.failure.message ?? '', /roletype is none that is known/);
  });

  it('who is gone is gone wherever it is said: of the role, the member or the membership', async () => {
    const batches = await read(
      membership(
        '7a',
        ...[member('a', 'recstatus="3"'), member('b', '', '', 'recstatus="3"')],
        ...[member('c', '', '<status>0</status>'), member('d', '', '<status>Inactive</status>')],
        ...[member('e', '', '<status>1</status>'), member('f', '', '<status/>')],
      ),
      membership('7b', member('a')).replace('<membership>', '<membership recstatus="3">'),
    );
    assert.deepEqual(membersIn(batches), { '7a': '-a -b -c -d e f', '7b': '-a' });
    const odd = await read(membership('7a', member('a', '', '<status>2</status>')));
    assert.match(
      faultsOf('group-membership', odd)[0]?.failure.message ?? '',
      /status is none of 1, 0/,
    );
  });

  it('truths are written as XML Schema has them', async () => {
    const complete = async (text: string) => {
      const said = membership('7a', `<complete>${text}</complete>`, member('a'));
      const batches = await read(said);
      const [record] = recordsOf('group-membership', batches);
      return record?.value['complete'] ?? faultsOf('group-membership', batches).length;
    };
    const texts = ['true', '1', 'True', '', 'false', '0', 'yes'];
    const truths = [];
    for (const text of texts) truths.push(await complete(text));
    assert.deepEqual(truths, [true, true, true, true, false, false, 1]);
  });

  it('white space in a text is a blank, whatever a printer of XML makes of it', async () => {
    const [record] = recordsOf(
      'person',
      await read(`<person><sourcedid><id>
  p1
</id></sourcedid><name><n><family><![CDATA[Ek]]></family><given>
   Ann
   Marie	Li
</given></n></name><!-- a remark --></person>`),
    );
    assert.deepEqual(record?.value, personNamed('p1', 'Ann Marie Li'));
  });

  it('an id that somebody had before is not who he is', async () => {
    const ids = ['Old', 'Duplicate', 'New'].map(
      (type) => `<sourcedid sourcedidtype="${type}"><id>${type}</id></sourcedid>`,
    );
    const name = '<name><n><family>Ek</family><given>Ann</given></n></name>';
    const [record] = recordsOf('person', await read(`<person>${ids.join('')}${name}</person>`));
    assert.deepEqual(record?.value, personNamed('New', 'Ann'));
  });

  it('a name that is too long for the short one is the long one', async () => {
    const long = group('7a', 'Class').replace('<short>7a</short>', '<short/><long>7 A</long>');
    const [record] = recordsOf('group', await read(long));
    assert.equal(record?.value['name'], '7 A');
  });

  it('several marks of protection are all of them, and one that nobody knows is told', async () => {
    const marked = (...levels: readonly string[]) => {
      const marks = levels.map((level) => `<privacy level="${level}"/>`).join('');
      return `<person><sourcedid><id>${levels.join('-')}</id></sourcedid>
<name><n><family>Ek</family><given>Kim</given></n></name><extension>${marks}</extension></person>`;
    };
    const sent = [
      marked('0', '1'),
      marked('1', '2'),
      marked('0', '0'),
      marked('1', 'x'),
      marked('2'),
    ];
    const found = recordsOf('person', await read(...sent));
    assert.deepEqual(
      found.map(({ value }) => value['privacy']),
      ['1', '3', '0', 'x', '2'],
    );
  });

  it('a parent may be called so in words', async () => {
    const parent = (relation: string) =>
      `<relationship relation="${relation}"><sourcedid><id>u</id></sourcedid></relationship>`;
    const batches = await read(
      group('7a', 'Class', parent('1')),
      group('7b', 'Class', parent('Parent')),
      group('7c', 'Class', parent('2')),
    );
    const units = recordsOf('group', batches).map(({ value }) => value['unit'] ?? null);
    assert.deepEqual(units, ['u', 'u', null]);
  });

  function personNamed(id: string, givenName: string): JsonObject {
    const lists = { numbers: [], phones: [], contacts: [], mergedUsers: [] };
    return { id, familyName: 'Ek', givenName, ...lists };
  }
});
