import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Failure } from '../../failure/failure.ts';
import type { StreamLayout } from '../layout/layout.ts';
import { readLayoutFile, readLayoutStreams } from './layout-reading.ts';

const LAYOUT: StreamLayout = {
  file: 'pupils.csv',
  format: 'delimited',
  columns: [{ name: 'id' }, { name: 'born', type: 'date' }, { name: 'mark' }],
};

describe('a file that is read as its layout declares', () => {
  it('tells of a row whose date is none what else could be read', async () => {
    const text = 'id;born;mark\np1;2013-02-30;protected\n';
    const bytes = (async function* () {
      yield Buffer.from(text);
    })();
    const [batch] = await Array.fromAsync(readLayoutFile(bytes, LAYOUT, 'pupils.csv'));
    const [fault] = batch?.faults ?? [];
    assert.deepEqual([fault?.value?.['id'], fault?.value?.['mark']], ['p1', 'protected']);
    assert.deepEqual(batch?.records, []);
  });

  it('tells of a row of another width what it may say, as far as its columns take it', async () => {
    const read = async (row: string) => {
      const bytes = (async function* () {
        yield Buffer.from(`id;born;mark\n${row}\n`);
      })();
      const [batch] = await Array.fromAsync(readLayoutFile(bytes, LAYOUT, 'pupils.csv'));
      const [fault] = batch?.faults ?? [];
      assert.deepEqual([batch?.records, fault?.value], [[], undefined]);
      return (fault?.readings ?? []).map((one) => Object.values(one).join(' '));
    };
    const born = '2013-02-03';
    assert.deepEqual(await read(`p1;${born};x;protected`), [
      `p1 ${born} protected`,
      `p1 ${born} x`,
    ]);
    assert.deepEqual(await read(`p1;x;${born};protected`), [
      `x ${born} protected`,
      `p1 ${born} protected`,
    ]);
    assert.deepEqual(await read(`${born};protected`), [` ${born} protected`, `${born}  protected`]);
    assert.deepEqual(await read(`p1;${born}`), [`p1  ${born}`, `p1 ${born} `]);
  });

  it('sets a line of fixed width aside that is longer than its file has them: it may be shifted', async () => {
    const fixed: StreamLayout = {
      ...{ file: 'pupils.txt', format: 'fixed' },
      columns: [
        { name: 'id', start: 1, width: 3, required: true },
        { name: 'mark', start: 4, width: 1 },
        { name: 'name', start: 5, width: 4 },
      ],
    };
    const read = async (...lines: readonly string[]) => {
      const bytes = (async function* () {
        yield Buffer.from([...lines, ''].join('\n'));
      })();
      const batches = await Array.fromAsync(readLayoutFile(bytes, fixed, 'pupils.txt'));
      return {
        good: batches.flatMap(({ records }) => records.map(({ value }) => Object.values(value))),
        may: batches.flatMap(({ faults }) => faults.flatMap(({ readings = [] }) => readings)),
      };
    };
    const shifted = await read('p1 NKim ', ' p2 SBo  ', 'p3 NÅsa '.normalize('NFD'), 'p4 NJo');
    assert.deepEqual(shifted.good, [
      ['p1', 'N', 'Kim'],
      ['p3', 'N', 'Åsa'],
      ['p4', 'N', 'Jo'],
    ]);
    assert.ok(shifted.may.some((one) => one['id'] === 'p2' && one['mark'] === 'S'));
    const padded = await read('p1 NKim   ', 'p2 NBo     ');
    assert.deepEqual(
      [padded.good.length, padded.may],
      [2, []],
      'blanks at the end of all are none',
    );
  });

  it('passes on noughts and nines in place of a date: a last day may stand for none', async () => {
    const bytes = (async function* () {
      yield Buffer.from('id;born;mark\np1;0;\np2;9999-99-99;\np3;9;\n');
    })();
    const [batch] = await Array.fromAsync(readLayoutFile(bytes, LAYOUT, 'pupils.csv'));
    const born = batch?.records.map(({ value }) => value?.['born']);
    assert.deepEqual(born, ['0', '9999-99-99']);
    assert.equal(batch?.faults?.length, 1);
  });

  it('marks deletions and fits patterns by the word, whatever blanks stand around it', async () => {
    const columns = [
      { name: 'id', pattern: '^p\\d$' },
      { name: 'state', pattern: '^[AB]$' },
    ];
    const layout = { ...LAYOUT, columns, deleted: { column: 'state', value: 'B' } };
    const bytes = (async function* () {
      yield Buffer.from('id;state\np1 ;B  \np2;A\np3;C\n');
    })();
    const [batch] = await Array.fromAsync(readLayoutFile(bytes, layout, 'pupils.csv'));
    assert.deepEqual(
      batch?.records.map(({ operation }) => operation),
      ['delete', 'upsert'],
    );
    const [fault] = batch?.faults ?? [];
    assert.deepEqual([fault?.value, fault?.unread], [{ id: 'p3' }, { state: 'C' }]);
  });

  it('says whom all others call protected, whatever one sign does to a line, or two quotes to two', async () => {
    const names = fc.constantFrom('Kim', '"Ek; Kim"');
    const damage = fc.record({ at: fc.nat(), to: fc.nat(), behind: fc.nat() });
    const signs = fc.constantFrom('"', ';', '\r\n', '\0', '\xe5', 'x', '"..."');
    const cases = [fc.array(names, { minLength: 3, maxLength: 20 }), damage, signs] as const;
    const line = (name: string, id: number) => `p${id};2013-02-03;${name};S`;
    const columns = ['id', 'born', 'name', 'mark'].map((name) => ({ name }));
    await fc.assert(
      fc.asyncProperty(...cases, async (rows, { at, to, behind }, sign) => {
        const one = at % rows.length;
        const other = sign === '"..."' ? to % rows.length : one;
        const lines = rows.map(line);
        const put = (id: number, place: number, what: string) => {
          const text = lines[id] ?? '';
          lines[id] = text.slice(0, place) + what + text.slice(place);
        };
        if (sign !== '"..."') put(one, behind % 20, sign);
        else for (const id of [one, other]) put(id, `p${id};2013-02-03;`.length, '"');
        const text = ['id;born;name;mark', ...lines, ''].join('\n');
        const bytes = (async function* () {
          yield Buffer.from(text, 'latin1');
        })();
        const streams = new Map([['pupil', { ...LAYOUT, columns }]]);
        const heard = new Set<unknown>();
        try {
          for await (const batch of readLayoutStreams(bytes, streams, 'f', { goesOn: true })) {
            const told = batch.records.map(({ value }) => value);
            const may = batch.faults.flatMap(({ value = {}, readings = [] }) => [
              value,
              ...readings,
            ]);
            for (const said of [...told, ...may]) {
              if (said['mark'] === 'S') heard.add(said['id']);
            }
          }
        } catch (failure) {
          assert.ok(failure instanceof Failure, String(failure));
        }
        const others = rows.flatMap((_row, id) => (id === one || id === other ? [] : [`p${id}`]));
        assert.deepEqual(
          others.filter((id) => !heard.has(id)),
          [],
        );
      }),
      { numRuns: 300 },
    );
  });
});
