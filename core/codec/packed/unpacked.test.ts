import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import writeXlsxFile, { type SheetData } from 'write-excel-file/node';
import { zipOf } from '../../../test/services/zip-of.ts';
import type { StreamLayout } from '../layout/layout.ts';
import { readLayoutFile } from '../reading/layout-reading.ts';

const CSV: StreamLayout = {
  format: 'delimited',
  file: 'f',
  columns: [{ name: 'id' }, { name: 'name' }],
};
const SHEET: StreamLayout = {
  format: 'xlsx',
  file: 'f',
  columns: [
    { name: 'id', required: true, pattern: '^\\d{12}$' },
    { name: 'name' },
    { name: 'born', type: 'date' },
  ],
};
const TEXT = Buffer.from('id;name\n1;Åsa\n2;Bo\n');

async function read(bytes: Buffer, file: string, layout = CSV) {
  const pieces = (async function* () {
    for (let at = 0; at < bytes.length; at += 999) yield bytes.subarray(at, at + 999);
  })();
  const values: unknown[] = [];
  const faults: string[] = [];
  for await (const batch of readLayoutFile(pieces, layout, file)) {
    values.push(...batch.records.map(({ value }) => Object.values(value)));
    faults.push(...batch.faults.map(({ failure }) => failure.message));
  }
  return { values, faults };
}

describe('packed files', () => {
  const ROWS = [
    ['1', 'Åsa'],
    ['2', 'Bo'],
  ];
  const zip = zipOf([{ name: 'f.csv', bytes: TEXT }]);

  it('are read as what is in them', async () => {
    assert.deepEqual((await read(gzipSync(TEXT), 'f.csv.gz')).values, ROWS);
    assert.deepEqual((await read(zip, 'f.ZIP')).values, ROWS);
    const added = { name: '__MACOSX/._f.csv', bytes: TEXT };
    const ofMac = zipOf([{ name: 'a/f.csv', bytes: TEXT }, added]);
    assert.deepEqual((await read(ofMac, 'f.zip')).values, ROWS);
  });

  it('are damaged wherever they are cut or changed', async () => {
    const gzip = gzipSync(TEXT);
    for (const [bytes, file] of [
      [gzip.subarray(0, -1), 'f.gz'],
      [gzip.subarray(0, 12), 'f.gz'],
      [TEXT, 'f.gz'],
      [Buffer.alloc(0), 'f.gz'],
      [zip.subarray(0, -1), 'f.zip'],
      [TEXT, 'f.zip'],
      [
        Buffer.from(zip.toString('latin1').replaceAll('PK\x01\x02', 'PK\x01\x03'), 'latin1'),
        'f.zip',
      ],
    ] as const) {
      await assert.rejects(read(bytes, file), { code: 'FILE_DAMAGED' }, `${file} ${bytes.length}`);
    }
    const changed = Buffer.from(zip);
    changed.writeUInt32LE(1, changed.indexOf('PK\x01\x02') + 16);
    await assert.rejects(read(changed, 'f.zip'), { code: 'FILE_DAMAGED' });
  });

  it('of several files, or none, are no stream', async () => {
    const two = zipOf(['a', 'b'].map((name) => ({ name, bytes: TEXT })));
    await assert.rejects(read(two, 'f.zip'), { code: 'FILE_LAYOUT', message: /holds 2 files/ });
    await assert.rejects(read(zipOf([]), 'f.zip'), { code: 'FILE_LAYOUT' });
  });

  it('are refused as bombs beyond the ratio, also where they lie about their size', async () => {
    const zeros = Buffer.from(`id;name\n${'1;Bo\n'.repeat(800_000)}`);
    await assert.rejects(read(gzipSync(zeros), 'f.gz'), { code: 'FILE_UNSAFE' });
    await assert.rejects(read(zipOf([{ name: 'f', bytes: zeros }]), 'f.zip'), {
      code: 'FILE_UNSAFE',
    });
    const lying = zipOf([{ name: 'f', bytes: zeros, declared: 100 }]);
    await assert.rejects(read(lying, 'f.zip'), { code: 'FILE_DAMAGED' });
  });
});

describe('workbooks', () => {
  const text = (value: string) => ({ value, type: String });
  const workbook = (rows: SheetData) => writeXlsxFile(rows, { sheet: 'Elever' }).toBuffer();
  const HEADER = [text('name'), text('id'), text('born')];
  const DAY = { value: new Date('2013-04-12T00:00:00Z'), type: Date, format: 'yyyy-mm-dd' };

  it('give their rows, with days and digits as they are kept', async () => {
    const bytes = await workbook([
      HEADER,
      [text('Åsa'), text('012345678901'), DAY],
      [],
      [text('Bo'), { value: 201_304_120_001, type: Number }, text('2013-04-13')],
      [text('Kim'), { value: 12_345_678_901, type: Number }, null],
    ]);
    const { values, faults } = await read(bytes, 'f.xlsx', SHEET);
    assert.deepEqual(values, [
      ['Åsa', '012345678901', '2013-04-12'],
      ['Bo', '201304120001', '2013-04-13'],
    ]);
    // A spreadsheet has lost the nought before it.
    assert.deepEqual(faults, ['f.xlsx, line 5: id does not fit its pattern ^\\d{12}$']);
  });

  it('are of another layout without the sheet or a column, and damaged where they are cut', async () => {
    const bytes = await workbook([HEADER]);
    const other = { ...SHEET, sheet: 'Lärare' } as StreamLayout;
    await assert.rejects(read(bytes, 'f.xlsx', other), { code: 'FILE_LAYOUT' });
    const named = { ...SHEET, sheet: 'Elever' } as StreamLayout;
    assert.deepEqual((await read(bytes, 'f.xlsx', named)).values, []);
    const lacking = await workbook([[text('name')]]);
    await assert.rejects(read(lacking, 'f.xlsx', SHEET), /column "id" is missing/);
    await assert.rejects(read(bytes.subarray(0, 900), 'f.xlsx', SHEET), { code: 'FILE_DAMAGED' });
    await assert.rejects(read(TEXT, 'f.xlsx', SHEET), { code: 'FILE_DAMAGED' });
  });

  it('are bombs as any archive is', async () => {
    const part = { name: 'xl/worksheets/sheet1.xml', bytes: Buffer.alloc(20_000_000, ' ') };
    await assert.rejects(read(zipOf([part]), 'f.xlsx', SHEET), { code: 'FILE_UNSAFE' });
  });
});
