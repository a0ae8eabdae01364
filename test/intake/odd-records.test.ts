import assert from 'node:assert/strict';
import fc from 'fast-check';
import { IntakeTown, type Row, type Told } from './intake-town.ts';

const MAPPINGS = [
  `to: person.v1
let: { key: "kind + '-' + id" }
entity: { identity: key, duplicates: duplicates }
when: kind != 'left out'
fields:
  givenName: { take: name }
  familyName: { cel: "text(name) + number" }
  birthDate: { take: born, date: yyyy-MM-dd, empty: omit }
  securityMarking: { take: mark, table: { "1": Sekretessmarkering, "0": Ingen }, missing: omit }
`,
  `to: person.v1
each: duplicates
as: duplicate
entity: { identity: duplicate }
supplement: true
part: { take: id }
fields:
  responsibles:
    list: [ { item: { person: { identity: id }, relationType: { const: Vårdnadshavare } } } ]
`,
  `to: group.v1
entity: { identity: kind }
supplement: true
part: { take: id }
partial: { when: "mark == '1'", list: groupMemberships, keyedBy: person.id, removed: "it == 'x'" }
fields:
  groupMemberships: { list: duplicates, as: it, item: { person: { identity: it } } }
`,
];
const NAMES = ['id', 'name', 'mark', 'born', 'number', 'kind', 'duplicates'];
const ODD = ['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'length', 'id'];

const odd = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(...ODD, '', ' ', '0', '1', 'left out', '2026-02-30', '9999-12-31', '\u0000'),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(0, -0, 1e21, -1e-7, Number.MAX_SAFE_INTEGER + 2, 5e-324, true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...ODD), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const record = fc.dictionary(fc.constantFrom(...NAMES, '__proto__'), odd, { maxKeys: 7 });
/** As a source would hand it over: what JSON holds, and no more. */
const told = fc.tuple(record, fc.boolean()).map(([value, isGone]): Told => {
  const row: Row = { id: '', ...JSON.parse(JSON.stringify(value)) };
  return isGone ? { gone: row } : row;
});
const GOOD = { kind: 'k', name: 'Good', number: '1', born: '', duplicates: [], mark: '0' };

/** No record ends a run: what cannot be taken in is set aside, and the rest goes on. */
describe('odd records', () => {
  let town: IntakeTown;

  beforeEach(async () => {
    town = await IntakeTown.open();
    for (const text of MAPPINGS) town.map('register', 'elev', text);
  });
  afterEach(() => town.close());

  it('whatever they hold, are set aside or taken in, and the good one among them is taken in', async () => {
    const mode = fc.constantFrom('full' as const, 'delta' as const);
    await fc.assert(
      fc.asyncProperty(fc.array(told, { maxLength: 6 }), mode, async (rows, how) => {
        const good: Told = { ...GOOD, id: 'good' };
        const run = await town.take('register', how, 'elev', [...rows, good]);
        assert.ok(run.outcome === 'done' || run.outcome === 'held');
        assert.equal(await town.store.messages.count({ code: 'MAPPING_BROKE' }), 0);
        if (run.outcome === 'held') return;
        assert.ok((await town.persons()).some(({ familyName }) => familyName === 'Good1'));
      }),
      { numRuns: 200 },
    );
  });

  it('set aside as a deletion that names nobody, with file and line, while the rest goes on', async () => {
    const run = await town.take('register', 'full', 'elev', [
      { gone: { id: '' } },
      { ...GOOD, id: 'x' },
    ]);
    assert.equal(run.counts['quarantined'], 1);
    assert.equal((await town.persons()).length, 1);
  });

  it('leave a person as she was where they say a birth that cannot be, until it can', async () => {
    const born = async (day: string) => {
      await town.take('register', 'full', 'elev', [{ ...GOOD, id: 'x', born: day }]);
      const open = await town.store.messages.count({ code: 'ENTITY_INVALID' });
      const [person] = await town.persons();
      return { kept: person?.['birthDate'], open };
    };
    assert.equal((await born('2013-04-12')).kept, '2013-04-12');
    for (const day of ['9999-12-31', '2026-09-02', '1899-12-31', '0001-01-01'])
      assert.deepEqual(await born(day), { kept: '2013-04-12', open: 1 }, day);
    assert.deepEqual(await born('2013-04-13'), { kept: '2013-04-13', open: 0 });
  });

  it('delete by an id that is made of a name of `let`', async () => {
    await town.take('register', 'full', 'elev', [{ ...GOOD, id: 'x' }]);
    await town.take('register', 'delta', 'elev', [{ gone: { id: 'x', kind: 'k' } }]);
    assert.deepEqual(await town.persons(), []);
  });

  it('mean one person by one id, whatever blanks and signs without width stand around it', async () => {
    const spellings = ['x', ' x', 'x  ', '\ufeffx', 'x\u00a0'];
    for (const id of spellings) await town.take('register', 'delta', 'elev', [{ ...GOOD, id }]);
    assert.equal((await town.persons()).length, 1);
    await town.take('register', 'delta', 'elev', [{ gone: { id: '\tx', kind: 'k' } }]);
    assert.deepEqual(await town.persons(), []);
  });
});
