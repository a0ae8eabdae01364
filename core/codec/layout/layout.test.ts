import assert from 'node:assert/strict';
import { compileColumnChecks } from './column-checks.ts';
import type { Layout, LayoutColumn, StreamLayout } from './layout.ts';
import { layoutFaults } from './layout-faults.ts';

const PUPILS: StreamLayout = {
  format: 'delimited',
  file: 'pupils.csv',
  columns: [{ name: 'id', required: true }],
};

describe('layouts', () => {
  const faultsOf = (stream: object, more: Partial<Layout> = {}) => {
    const layout = { streams: { pupil: { ...PUPILS, ...stream } as StreamLayout }, ...more };
    return layoutFaults(layout).map(({ text }) => text);
  };

  it('have no faults where files can fit them', () => {
    assert.deepEqual(faultsOf({}), []);
    assert.deepEqual(faultsOf({ file: 'p-{date}.csv' }, { marker: 'p-{date}.done' }), []);
    const born = { name: 'born', type: 'date', date: 'yyyy-MM-dd HH:mm:ss' };
    assert.deepEqual(faultsOf({ columns: [...PUPILS.columns, born] }), []);
  });

  it('are refused where no file, no date and no value could ever fit them', () => {
    const column = (more: object) => ({ columns: [{ name: 'born', ...more }] });
    for (const [stream, text] of [
      [{ file: 'p-{datum}.csv' }, /file "p-\{datum\}.csv"/],
      [column({ type: 'date', date: 'yyMMdd' }), /years of two digits/],
      [column({ type: 'date', date: 'dd-MMM-yyyy' }), /names of months/],
      [column({ pattern: '(a+)+$' }), /run for ever/],
      [{ quote: ';' }, /the sign of quotes/],
      [{ trailer: { prefix: '' } }, /empty prefix/],
      [{ columns: [{ name: 'fo\u0308rnamn' }, { name: 'förnamn' }] }, /declared twice/],
      [
        {
          format: 'fixed',
          columns: [{ name: 'born', start: 1, width: 6, type: 'date', date: 'yyyyMMdd' }],
        },
        /no date of the form yyyyMMdd fits 6 characters/,
      ],
    ] as const) {
      assert.match(faultsOf(stream).join('\n'), text);
    }
    assert.match(faultsOf({}, { marker: 'done-*' }).join('\n'), /marker "done-\*"/);
  });

  it('name the column whose value is none of it, and not the value', () => {
    const badIn = (column: LayoutColumn, value: string) =>
      compileColumnChecks([column])({ [column.name]: value });
    const id: LayoutColumn = { name: 'id', pattern: '^\\d{12}$' };
    assert.equal(badIn(id, '201304121234'), null);
    assert.equal(badIn(id, ''), null);
    assert.deepEqual(badIn(id, '1304121234'), {
      name: 'id',
      text: 'does not fit its pattern ^\\d{12}$',
    });
    for (const spoilt of ['5,5E+11', '2.01304E+11', '1E+12']) {
      assert.match(badIn({ name: 'id' }, spoilt)?.text ?? '', /as spreadsheets shorten it/);
    }
    for (const fine of ['7E', 'E+1', '+46 70-1', '5E+1 grupp']) {
      assert.equal(badIn({ name: 'id' }, fine), null, fine);
    }
  });
});
