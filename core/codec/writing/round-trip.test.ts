import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeText, encodeWith } from '../encodings.ts';
import type { DelimitedLayout, FixedLayout, XmlLayout } from '../layout/layout.ts';
import { layoutFaults } from '../layout/layout-faults.ts';
import type { WriteRules } from '../layout/write-rules.ts';
import { readLayoutFile } from '../reading/layout-reading.ts';
import { compileRowForm, type WrittenLayout } from './row-form.ts';
import { writableSchemaOf } from './writable.ts';

const RULES: WriteRules = { way: 'full' };

const DELIMITED: DelimitedLayout = {
  format: 'delimited',
  file: 'pupils.csv',
  encoding: 'iso-8859-1',
  columns: [{ name: 'id', required: true }, { name: 'name' }, { name: 'born', type: 'date' }],
  trailer: { prefix: '#', count: 1 },
};
const FIXED: FixedLayout = {
  format: 'fixed',
  file: 'pupils.txt',
  encoding: 'iso-646-se',
  recordType: { start: 1, width: 2, value: '20' },
  columns: [
    { name: 'id', start: 3, width: 12, required: true },
    { name: 'born', start: 15, width: 8, type: 'date', date: 'yyyyMMdd' },
    { name: 'name', start: 30, width: 20 },
  ],
  trailer: { prefix: '99', count: { start: 3, width: 6 } },
};

const XML: XmlLayout = {
  format: 'xml',
  file: 'pupils.xml',
  root: 'register',
  record: 'unit/pupil',
  head: [
    { path: 'about/@lang', constant: 'sv' },
    { path: 'about/at', moment: true },
  ],
  columns: [
    { name: 'unit', path: '../id', constant: 'u1' },
    { name: 'id', path: '@id', required: true },
    { name: 'kind', path: 'name/@kind', constant: 'given', with: 'name' },
    { name: 'name', path: 'name/given' },
    { name: 'nameless', path: 'nameless', constant: 'true', without: 'name' },
    { name: 'born', path: 'day[@type="birth"]', type: 'date', date: 'yyyyMMdd' },
  ],
};

const record = (letters: string) =>
  fc.record(
    {
      id: fc.stringMatching(/^[a-z0-9]{1,12}$/),
      name: fc
        .string({ unit: fc.constantFrom(...letters), maxLength: 20 })
        .map((text) => text.trim()),
      born: fc.constantFrom('', '2015-02-28', '2012-12-01'),
    },
    { noNullPrototype: true },
  );

/** Records as a file, and as they are read from it. */
async function thereAndBack(layout: WrittenLayout, rules: WriteRules, records: readonly object[]) {
  const form = compileRowForm(layout, rules, 0);
  const rows = records.map((one) => form.row({ ...one })).join('');
  const text = form.head + rows + form.trailer(records.length);
  const bytes = encodeWith(text, layout.encoding ?? 'utf-8', '?');
  const read: object[] = [];
  const source = async function* () {
    yield bytes;
  };
  for await (const batch of readLayoutFile(source(), layout, layout.file)) {
    assert.deepEqual(batch.faults, []);
    read.push(...batch.records.map(({ value }) => value));
  }
  return read;
}

describe('what is written by a layout', () => {
  for (const [name, layout, letters] of [
    ['delimited', DELIMITED, 'ab Åäö;"\'=é-'],
    ['tabs and no quotes', { ...DELIMITED, separator: '\t', quote: '' } as const, 'ab åÄ"=;'],
    ['elements', XML, 'ab Åäö;"\'<>&]é-'],
    ['fixed-width', FIXED, 'ab ÅÄÖåäö;"='],
  ] as const) {
    it(`reads back by it as the same records: ${name}`, async () => {
      assert.deepEqual(layoutFaults({ streams: { pupil: layout }, write: RULES }), []);
      const records = fc.array(record(letters), { maxLength: 8 });
      const isSame = fc.asyncProperty(records, async (given) => {
        assert.deepEqual(await thereAndBack(layout, RULES, given), given);
      });
      await fc.assert(isSame, { numRuns: 200 });
    });
  }

  it('takes a day into a place of fixed width that its form fits, and none that it may not', () => {
    const mostOf = (date: string) => {
      const born = { name: 'born', start: 15, width: 8, type: 'date', date } as const;
      const pupil = { ...FIXED, columns: [born] };
      const schema = writableSchemaOf({ streams: { pupil }, write: RULES }, 'pupil');
      const properties = Object.entries(schema?.['properties'] ?? {});
      return properties.map(([, one]) => one?.maxLength);
    };
    assert.deepEqual([mostOf('yyyyMMdd'), mostOf('d/M/yyyy')], [[undefined], [8]]);
  });

  it('takes an id that begins as the trailer does, where something else begins the line', () => {
    const limitOf = (layout: FixedLayout | DelimitedLayout) => {
      const schema = writableSchemaOf({ streams: { pupil: layout }, write: RULES }, 'pupil');
      return Object.entries(schema?.['properties'] ?? {})[0]?.[1]?.['x-writable'];
    };
    const { recordType: _, ...untyped } = FIXED;
    assert.deepEqual([limitOf(FIXED), limitOf(untyped)], [undefined, '^(?!\\x399)']);
    const typed = { ...DELIMITED, recordType: { field: 0, value: 'P' } };
    assert.deepEqual([limitOf(typed), limitOf(DELIMITED)], [undefined, '^(?!\\x23)']);
  });

  it('has elements in the order of its columns, and none for what is not said', () => {
    const remark = { name: 'remark', path: 'more/remark', required: true };
    const layout = { ...XML, columns: [...XML.columns, remark] };
    const form = compileRowForm(layout, { ...RULES, lineEnd: 'lf' }, Date.UTC(2026, 8, 1, 2));
    const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
    const about = '<about lang="sv"><at>2026-09-01T02:00:00Z</at></about>';
    assert.equal(form.head, `${declaration}<register>${about}\n`);
    assert.equal(
      form.row({ id: 'p1', name: 'Åsa & Bo', born: '2015-02-28' }),
      '<unit><id>u1</id><pupil id="p1"><name kind="given"><given>Åsa &#38; Bo</given></name>' +
        '<day type="birth">20150228</day><more><remark/></more></pupil></unit>\n',
    );
    assert.equal(
      form.row({ id: 'p2' }),
      '<unit><id>u1</id><pupil id="p2"><nameless>true</nameless><more><remark/></more></pupil></unit>\n',
    );
    assert.equal(form.trailer(2), '</register>\n');
  });

  it('keeps a line break in quotes where it is told to, and makes it a space else', async () => {
    const given = [{ id: 'a', name: 'b\nc', born: '' }];
    const keep = { ...RULES, lineBreaks: 'keep' } as const;
    assert.deepEqual(await thereAndBack(DELIMITED, keep, given), given);
    const [read] = await thereAndBack(DELIMITED, RULES, given);
    assert.deepEqual(read, { id: 'a', name: 'b c', born: '' });
  });

  it('stands at its places, with its type, its days and its count', () => {
    const form = compileRowForm(FIXED, { ...RULES, lineEnd: 'lf' }, 0);
    const row = form.row({ id: 'p1', born: '2015-02-28', name: 'Åsa' });
    assert.equal(row, `20p1${' '.repeat(10)}20150228${' '.repeat(7)}Åsa${' '.repeat(17)}\n`);
    assert.equal(form.trailer(3), '99000003\n');
    assert.equal(encodeText('Åsa', 'iso-646-se')?.toString('latin1'), ']sa');
  });
});
