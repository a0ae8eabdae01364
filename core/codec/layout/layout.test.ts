import assert from 'node:assert/strict';
import { inEnglish, saying } from '../../failure/saying.ts';
import { compileColumnChecks } from './column-checks.ts';
import type { Layout, LayoutColumn, StreamLayout } from './layout.ts';
import { withDefaults } from './layout-defaults.ts';
import { layoutFaults } from './layout-faults.ts';

const PUPILS: StreamLayout = {
  format: 'delimited',
  file: 'pupils.csv',
  columns: [{ name: 'id', required: true }],
};

describe('layouts', () => {
  const faultsOf = (stream: object, more: Partial<Layout> = {}) => {
    const layout = { streams: { pupil: { ...PUPILS, ...stream } as StreamLayout }, ...more };
    return layoutFaults(layout).map(({ said }) => inEnglish(said));
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
      [column({ type: 'date', date: 'yyMMdd' }), /years of two digits need a pivot/],
      [column({ type: 'date', pivot: 30 }), /a pivot but no year of two digits/],
      [column({ decimals: 2 }), /decimals but is no number/],
      [{ columns: [{ name: 'a', names: ['b'] }, { name: 'b' }] }, /declared twice/],
      [{ file: undefined }, /has no file/],
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

  it('read packed dates by their pivot, and numbers with implied decimals', () => {
    const read = (column: object, value: string) => {
      const values = { v: value };
      const bad = compileColumnChecks([{ name: 'v', ...column }])(values);
      return bad === null ? values.v : inEnglish(bad.text);
    };
    const packed = { type: 'date', date: 'yyMMdd', pivot: 30 };
    assert.equal(read(packed, '300228'), '2030-02-28');
    assert.equal(read(packed, '310228'), '1931-02-28');
    assert.match(read(packed, '310230'), /is not a date/);
    const plain = { type: 'number' };
    assert.deepEqual(
      ['007', '-12,50', '+3.0', '0', ' '].map((value) => read(plain, value)),
      ['7', '-12.50', '3.0', '0', ''],
    );
    assert.match(read(plain, '1 000'), /is not a number/);
    const implied = { type: 'number', decimals: 2 };
    assert.deepEqual(
      ['000350', '5', '-12', '0'].map((value) => read(implied, value)),
      ['3.50', '0.05', '-0.12', '0.00'],
    );
    assert.match(read(implied, '3,5'), /implied/);
  });

  it('have what their defaults say where a stream does not, as far as its format has it', () => {
    const columns = [{ name: 'id' }];
    const defaults = { file: 'f', separator: ',', root: 'all' };
    const written = {
      ...{ marker: 'done', defaults },
      streams: {
        a: { format: 'delimited', columns },
        b: { format: 'xml', root: 'own', record: 'r', columns },
      },
    };
    assert.deepEqual(withDefaults(written), {
      marker: 'done',
      streams: {
        a: { file: 'f', separator: ',', format: 'delimited', columns },
        b: { file: 'f', root: 'own', format: 'xml', record: 'r', columns },
      },
    });
  });

  it('are not written where they would not read back as they are', () => {
    const written = (stream: object) => faultsOf(stream, { write: { way: 'full' } }).join('\n');
    const column = (more: object) => written({ columns: [{ name: 'v', ...more }] });
    assert.equal(written({}), '');
    assert.match(written({ file: 'p.csv.gz' }), /packed files can be read, not written/);
    assert.match(column({ type: 'number' }), /"v": numbers can be read/);
    assert.match(column({ type: 'date', date: 'yyMMdd', pivot: 30 }), /two digits can be read/);
  });

  it('name the column whose value is none of it, and not the value', () => {
    const badIn = (column: LayoutColumn, value: string) =>
      compileColumnChecks([column])({ [column.name]: value });
    const id: LayoutColumn = { name: 'id', pattern: '^\\d{12}$' };
    assert.equal(badIn(id, '201304121234'), null);
    assert.equal(badIn(id, ''), null);
    assert.deepEqual(badIn(id, '1304121234'), {
      name: 'id',
      text: saying('misfit', { pattern: '^\\d{12}$' }),
    });
    for (const spoilt of ['5,5E+11', '2.01304E+11', '1E+12']) {
      assert.match(
        inEnglish(badIn({ name: 'id' }, spoilt)?.text ?? ''),
        /as spreadsheets shorten it/,
      );
    }
    for (const fine of ['7E', 'E+1', '+46 70-1', '5E+1 grupp']) {
      assert.equal(badIn({ name: 'id' }, fine), null, fine);
    }
  });
});
