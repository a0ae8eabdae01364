import assert from 'node:assert/strict';
import { addedToNobody } from '../../core/control/findings/entity-findings.ts';
import type { JsonObject } from '../../core/message/message.ts';
import { IntakeTown, type Row } from './intake-town.ts';

const GRADED = (kind: string, when: string) => `to: ${kind}
entity: { identity: id }
when: ${when}
fields: { FIELDS }
`;
const PERSON = GRADED('person.v1', "kind == 'person'").replace(
  'FIELDS',
  'givenName: { take: name }, familyName: { const: Ek }',
);
const GROUP = GRADED('group.v1', "kind == 'group'").replace(
  'FIELDS',
  'displayName: { take: name }, groupType: { const: Klass }, organisation: { identity: number }, startDate: { const: "2026-08-18" }',
);
const ACCOUNT = `to: person.v1
entity: { identity: id }
supplement: true
fields: { eduPersonPrincipalNames: { take: name, split: " ", template: "{}@skola.example" } }
`;

const GUARDIAN = `to: person.v1
entity: { identity: person }
when: mark == '1'
supplement: true
part: { take: id }
fields:
  responsibles:
    list: [{ item: { person: { identity: id }, relationType: { const: Vårdnadshavare } } }]
`;

/** Nothing is silently nothing: what records became is counted, and told where it is odd. */
describe('what records become', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    town.map('register', 'elev', PERSON);
  });
  afterEach(() => town.close());

  const row = (id: string, kind?: string) => ({ id, name: id, number: 's', ...(kind && { kind }) });
  const codes = (run: { readonly remarks?: readonly { readonly code: string }[] }) =>
    (run.remarks ?? []).map(({ code }) => code);

  it('is counted by stream: made, left out, bad', async () => {
    const rows = [row('a', 'person'), row('b', 'other'), { id: '', kind: 'person' }];
    const run = await town.take('register', 'full', 'elev', rows);
    assert.deepEqual(run.streams, { elev: { records: 3, made: 1, leftOut: 1, bad: 1 } });
    assert.equal(run.counts['leftOut'], 1);
  });

  it('does not lose a bad one to others that name it and become nothing of its kind', async () => {
    town.map('register', 'elev', GUARDIAN);
    const bad = { id: 'b', kind: 'person' };
    const counts = async (...rows: JsonObject[]) => {
      const all = [bad, ...rows].map((one) => ({ id: '', ...one }));
      const run = await town.take('register', 'full', 'elev', all);
      return [run.counts['quarantined'], await town.store.messages.count({ type: ['inbound'] })];
    };
    const ward = { ...row('w', 'person'), person: 'b' };
    assert.deepEqual(await counts({ ...ward, mark: '0' }), [1, 1]);
    assert.deepEqual(await counts({ ...ward, mark: '1' }), [1, 1]);
    assert.deepEqual(await counts(row('b', 'other')), [1, 1]);
    assert.deepEqual(await counts(row('b', 'person')), [0, 0]);
  });

  it('does not lose a bad one to a change by which another mapping makes something', async () => {
    town.map('register', 'elev', GUARDIAN);
    const left = async (...told: Row[]) => {
      await town.take('register', 'delta', 'elev', told);
      return town.store.messages.count({ type: ['inbound'], state: ['failed'] });
    };
    assert.equal(await left({ id: 'b', kind: 'person' }), 1);
    assert.equal(await left({ ...row('w', 'person'), person: 'b', mark: '1' }), 1);
    assert.equal(await left(row('b', 'person')), 0);
  });

  it('is told where a mapping makes nothing of any, with what it asks for', async () => {
    const run = await town.take('register', 'full', 'elev', [row('a', 'Person'), row('b', 'x')]);
    assert.deepEqual(codes(run), ['RECORDS_UNUSED']);
    const text = /of 2 records of elev 2 became nothing.*when: kind == 'person' \(line 4\)/;
    assert.match(run.remarks?.[0]?.text ?? '', text);
  });

  it('is told of one mapping where another takes some, and nobody the others', async () => {
    town.map('register', 'elev', GROUP);
    const some = await town.take('register', 'full', 'elev', [
      row('a', 'person'),
      row('g', 'Group'),
    ]);
    assert.deepEqual(codes(some), ['RECORDS_UNUSED']);
    const all = await town.take('register', 'full', 'elev', [
      row('a', 'person'),
      row('b', 'person'),
    ]);
    assert.deepEqual(codes(all), []);
  });

  it('is not told of a delta, in which a record may be of no interest', async () => {
    const run = await town.take('register', 'delta', 'elev', [row('a', 'other')]);
    assert.deepEqual([codes(run), run.counts['leftOut']], [[], 1]);
  });

  it('is told, with the lines, of what adds to nobody, until they are there', async () => {
    town.map('register', 'konto', ACCOUNT);
    await town.take('register', 'full', 'elev', [row('a', 'person')]);
    await town.take('register', 'full', 'konto', [row('a'), row('ghost'), row('spirit')]);
    const found = async () => {
      const nobody = await addedToNobody(town.store, [...town.supplements()]);
      return nobody.map(({ text }) => text);
    };
    assert.deepEqual(await found(), [
      'no source has delivered 2 of kind person that konto of register adds to: register.csv:3, register.csv:4',
    ]);
    await town.take('register', 'delta', 'elev', [row('ghost', 'person'), row('spirit', 'person')]);
    assert.deepEqual(await found(), []);
  });
});
