import assert from 'node:assert/strict';
import type { StreamLayout } from '../layout/layout.ts';
import { readLayoutFile } from './layout-reading.ts';

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
});
