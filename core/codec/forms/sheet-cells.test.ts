import assert from 'node:assert/strict';
import { zipOf } from '../../../test/services/zip-of.ts';
import type { StreamLayout } from '../layout/layout.ts';
import { readLayoutFile } from '../reading/layout-reading.ts';

const OFFICE = 'http://schemas.openxmlformats.org';
const MAIN = `xmlns="${OFFICE}/spreadsheetml/2006/main"`;
const RELATIONS = `${OFFICE}/officeDocument/2006/relationships`;
const RELATED = `<Relationships xmlns="${OFFICE}/package/2006/relationships">`;
const LAYOUT: StreamLayout = {
  ...{ format: 'xlsx', file: 'f', sheet: 'Elever', extraColumns: 'ignore' },
  columns: [{ name: 'id' }, { name: 'name' }, { name: 'born', type: 'date' }],
};

function related(id: string, type: string, target: string): string {
  return `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
}

/** A workbook whose second sheet has these rows below its header, and that after them. */
function workbookOf(rows: readonly string[], after = '', other = '<sheetData/>'): Buffer {
  const header = ['id', 'name', 'born', 'more'].map((one, at) => text('ABCD'[at] ?? '', 1, one));
  const all = [header.join(''), ...rows].map((cells, at) => `<row r="${at + 1}">${cells}</row>`);
  const codes = ['yyyy\\-mm\\-dd', '000000000000', '000000\\-0000'];
  const formats = codes.map((code, at) => `<numFmt numFmtId="${164 + at}" formatCode="${code}"/>`);
  const xfs = [0, 164, 165, 166].map((id) => `<xf numFmtId="${id}"/>`);
  const styles = `<numFmts>${formats.join('')}</numFmts><cellXfs>${xfs.join('')}</cellXfs>`;
  const sheets = ['Läs mig', 'Elever'].map(
    (name, at) => `<sheet name="${name}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`,
  );
  const parts = {
    '_rels/.rels': `${RELATED}${related('rId1', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    'xl/workbook.xml': `<workbook ${MAIN} xmlns:r="${RELATIONS}"><sheets>${sheets.join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': [
      ...[RELATED, related('rId1', 'worksheet', 'worksheets/sheet1.xml')],
      ...[related('rId2', 'worksheet', '/xl/worksheets/sheet2.xml')],
      ...[related('rId3', 'styles', 'styles.xml'), '</Relationships>'],
    ].join(''),
    'xl/styles.xml': `<styleSheet ${MAIN}>${styles}</styleSheet>`,
    'xl/worksheets/sheet1.xml': `<worksheet ${MAIN}>${other}</worksheet>`,
    'xl/worksheets/sheet2.xml': `<worksheet ${MAIN}><sheetData>${all.join('')}</sheetData>${after}</worksheet>`,
  };
  return zipOf(Object.entries(parts).map(([name, xml]) => ({ name, bytes: Buffer.from(xml) })));
}

function text(column: string, row: number, value: string): string {
  return `<c r="${column}${row}" t="inlineStr"><is><t>${value}</t></is></c>`;
}

async function read(bytes: Buffer, layout = LAYOUT) {
  const chunks = (async function* () {
    yield bytes;
  })();
  const values: string[] = [];
  const faults: string[] = [];
  const remarks: string[] = [];
  for await (const batch of readLayoutFile(chunks, layout, 'f.xlsx')) {
    values.push(...batch.records.map(({ value }) => Object.values(value).join(' ')));
    remarks.push(...batch.remarks.map((one) => one.text));
    faults.push(...batch.faults.map(({ failure }) => failure.message));
  }
  return remarks.length === 0 ? { values, faults } : { values, faults, remarks };
}

describe('cells of a workbook that only seem to be empty', () => {
  it('set their row aside: the error of a formula, one that was not calculated, merged ones', async () => {
    const rows = [
      `${text('A', 2, '1')}<c r="B2" t="e"><f>X()</f><v>#N/A</v></c>`,
      `${text('A', 3, '2')}<c r="B3"><f>A3</f></c>`,
      `${text('A', 4, '3')}<c r="B4" t="str"><f>A4</f><v>Bo</v></c>`,
      text('A', 5, '4'),
      `${text('A', 6, '5')}${text('B', 6, 'Dag')}<c r="D6" t="e"><v>#REF!</v></c>`,
    ];
    const merged = '<mergeCells count="1"><mergeCell ref="B4:B5"/></mergeCells>';
    const { values, faults } = await read(workbookOf(rows, merged));
    assert.deepEqual(values, ['3 Bo ', '5 Dag '], 'what no column reads may be odd');
    assert.deepEqual(
      faults.map((one) => one.slice(0, 48)),
      [
        'f.xlsx, line 2: name holds the error of a formul',
        'f.xlsx, line 3: name holds a formula without its',
        'f.xlsx, line 5: name is merged with the cell bef',
      ],
    );
  });

  it('are not the numbers and days, which come as they are shown', async () => {
    const number = (value: string, style = 0) => `<c r="A2" s="${style}"><v>${value}</v></c>`;
    const day = (value: string) => `${text('A', 2, '1')}<c r="C2" s="1"><v>${value}</v></c>`;
    for (const [cells, wanted] of [
      [number('2.01304120001E+11'), '201304120001  '],
      [number('12.000000000000002'), '12  '],
      [number('0.1'), '0.1  '],
      [number('12345678901', 2), '012345678901  '],
      [number('104120001', 3), '0104120001  '],
      [day('41376.95'), '1  2013-04-12'],
      [day('0'), '1  0'],
    ] as const) {
      assert.deepEqual(await read(workbookOf([cells])), { values: [wanted], faults: [] });
    }
    const { faults } = await read(workbookOf([number('2013041200012345')]));
    assert.match(faults[0] ?? '', /as spreadsheets shorten it: its digits are lost/);
  });

  it('are told of where they stand in another sheet than the first, and none is named', async () => {
    const row = (at: number, cells: readonly string[]) =>
      `<row r="${at}">${cells.map((one, column) => text('ABC'[column] ?? '', at, one)).join('')}</row>`;
    const first = `<sheetData>${row(1, ['id', 'name', 'born'])}${row(2, ['9', 'Kim', ''])}</sheetData>`;
    const below = [text('A', 2, '1')];
    const { sheet: _, ...unnamed } = LAYOUT;
    const told = await read(workbookOf(below, '', first), unnamed);
    assert.deepEqual(told.values, ['9 Kim ']);
    assert.match(told.remarks?.[0] ?? '', /^f.xlsx: only the first sheet is read, and Elever has/);
    assert.deepEqual(await read(workbookOf([], '', first), unnamed), {
      values: ['9 Kim '],
      faults: [],
    });
    assert.deepEqual(await read(workbookOf(below, '', first)), { values: ['1  '], faults: [] });
  });

  it('are not to be found in what has a password, and it is said so', async () => {
    const old = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
    await assert.rejects(read(old), { code: 'FILE_DAMAGED', message: /has a password, or is of/ });
  });
});
