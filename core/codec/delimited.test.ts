import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Failure } from '../failure/failure.ts';
import { type DelimitedFormat, readDelimited } from './delimited.ts';
import { formatDelimited } from './delimited-rows.ts';

const FORMAT: DelimitedFormat = {
  ...{ separator: ';', quote: '"', header: true, encoding: 'utf-8', extraColumns: 'refuse' },
  columns: [{ name: 'id', required: true }, { name: 'name' }],
};

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer | string, format: Partial<DelimitedFormat> = {}, size = 7) {
  const records: { line: number; values: Readonly<Record<string, string>> }[] = [];
  const faults: Failure[] = [];
  const remarks: string[] = [];
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for await (const batch of readDelimited(
    chunksOf(buffer, size),
    { ...FORMAT, ...format },
    'f.csv',
  )) {
    records.push(...batch.records);
    faults.push(...batch.faults.map(({ failure }) => failure));
    remarks.push(...(batch.remarks ?? []).map(({ text }) => text));
  }
  return { records, faults, remarks };
}

function failsWith(code: string, line?: number) {
  return (error: unknown) => {
    assert.ok(error instanceof Failure, String(error));
    assert.equal(error.code, code);
    assert.equal(error.place?.file, 'f.csv');
    if (line !== undefined) assert.equal(error.place?.line, line);
    return true;
  };
}

describe('delimited files', () => {
  it('give back every table that was written, whatever the pieces they arrive in', async () => {
    const cell = fc
      .string({ unit: 'grapheme' })
      .filter((text) => !['\u0000', '\ufeff', '\ufffd'].some((one) => text.includes(one)));
    const rows = fc.array(fc.tuple(cell, cell), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 50 }), async (written, size) => {
        const text = formatDelimited([['id', 'name'], ...written], {
          separator: ';',
          lineEnd: '\r\n',
        });
        const { records, faults } = await read(text, {}, size);
        const found = records.map(({ values }) => [values['id'], values['name']]);
        // A line without anything is no record.
        const wanted = written.filter(([id, name]) => id !== '' || name !== '');
        const kept = found.filter(([id, name]) => id !== '' || name !== '');
        assert.deepEqual(kept, wanted);
        assert.deepEqual(faults, []);
      }),
    );
  });

  it('are damaged where rows stand between two quotes that nobody meant, and not by a text of lines', async () => {
    const columns = ['id', 'name', 'mark'].map((name) => ({ name }));
    const rows = (name: string, other: string) =>
      `id;name;mark\na;Ann;x\nb;${name};x\nc;Ce;x\nd;${other};x\n`;
    for (const size of [3, 1000]) {
      const swallowed = read(rows('"Bo', 'Di"'), { columns }, size);
      await assert.rejects(swallowed, failsWith('FILE_DAMAGED', 3));
      const quoted = read(rows('"Bo', '""Di; Ek"'), { columns }, size);
      await assert.rejects(quoted, failsWith('FILE_DAMAGED', 3));
      const { records } = await read(rows('"Bo; or\nBob"', '"Di ""D"" Ek"'), { columns }, size);
      assert.deepEqual(
        records.map(({ line, values }) => [line, values['name']]),
        [
          [2, 'Ann'],
          [3, 'Bo; or\nBob'],
          [5, 'Ce'],
          [6, 'Di "D" Ek'],
        ],
      );
    }
  });

  it('tell the line on which a record begins, quoted line breaks counted', async () => {
    const { records } = await read('id;name\r\na;"x\r\ny"\r\nb;z\r\n');
    assert.deepEqual(
      records.map(({ line, values }) => [line, values['id']]),
      [
        [2, 'a'],
        [4, 'b'],
      ],
    );
  });

  it('know a column by its other names, but not by two of them at once', async () => {
    const columns = [{ name: 'id', names: ['Nummer', 'fo\u0308dd'] }, { name: 'name' }];
    for (const header of ['Nummer;name', 'id;name', 'name;född']) {
      const { records } = await read(`${header}\n1;1\n`, { columns });
      assert.deepEqual(records[0]?.values, { id: '1', name: '1' });
    }
    await assert.rejects(read('id;Nummer\n1;1\n', { columns }), failsWith('FILE_LAYOUT', 1));
    await assert.rejects(read('Nummer,name\n1,1\n', { columns }), /is separated by ","/);
  });

  it('take their columns by name, in any order, and read over a byte order mark', async () => {
    const { records } = await read('\uFEFFname;id\nKim;a\n');
    assert.deepEqual(records[0]?.values, { id: 'a', name: 'Kim' });
  });

  it('set a line aside that has too many or too few cells, and go on', async () => {
    const { records, faults } = await read('id;name\na;x;y\nb;z\nc\n');
    assert.deepEqual(
      records.map(({ values }) => values['id']),
      ['b'],
    );
    assert.deepEqual(
      faults.map(({ place }) => place?.line),
      [2, 4],
    );
    for (const fault of faults) assert.doesNotMatch(fault.message, /[xyz]\b/);
  });

  it('refuse a header that lacks a column, or has one that nobody knows', async () => {
    await assert.rejects(read('name\nx\n'), failsWith('FILE_LAYOUT', 1));
    await assert.rejects(read('id;name;nmae\na;b;c\n'), failsWith('FILE_LAYOUT', 1));
    const { records } = await read('id;name;more\na;b;c\n', { extraColumns: 'ignore' });
    assert.deepEqual(records[0]?.values, { id: 'a', name: 'b' });
  });

  it('take their columns however the letters of a name are composed', async () => {
    const columns = [{ name: 'id', required: true }, { name: 'förnamn' }];
    const { records } = await read('id;fo\u0308rnamn\na;Kim\n', { columns });
    assert.deepEqual(records[0]?.values, { id: 'a', förnamn: 'Kim' });
    await assert.rejects(read('id;förnamn;fo\u0308rnamn\na;b;c\n', { columns }), /is double/);
  });

  it('have no column where a name is missing at the end of the header', async () => {
    const { records, faults } = await read('id;name;;\na;x\nb;y;\nc;z;;\nd;v;w;\n');
    assert.deepEqual(
      records.map(({ values }) => values['name']),
      ['x', 'y', 'z'],
    );
    assert.match(faults[0]?.message ?? '', /line 5: a value stands in a column that has no name/);
  });

  it('fill rows that are shorter than their header, where the layout says so', async () => {
    const fill = { shortRows: 'fill' } as const;
    const { records, faults } = await read('name;id;more\nx;a\ny\n', {
      ...fill,
      columns: [...FORMAT.columns, { name: 'more' }],
    });
    assert.deepEqual(records[0]?.values, { name: 'x', id: 'a', more: '' });
    assert.equal(faults[0]?.place?.line, 3, 'a column that is required is never filled');
    const { records: unended } = await read('id;name\na\nb', fill);
    assert.equal(unended.length, 2);
    await assert.rejects(read('id;name\na;x\nb', fill), failsWith('FILE_DAMAGED', 3));
  });

  it('are read over what spreadsheets and DOS leave in them', async () => {
    for (const [text, what] of [
      ['sep=;\r\nid;name\r\na;x\r\n', 'the line that names the separator'],
      ['id;name\na;x\n;\n;\n   \n\n', 'empty lines'],
      ['id;name\r\na;x\r\n\x1a', 'the end of a file in DOS'],
      ['id;name\r\na;x\r\n\x1a\r\n', 'a line break behind it'],
      [`id;name\r\na;x\r\n${'\x1a'.repeat(300)}`, 'a block that is filled with it'],
      ['id;name\na;x\x1a', 'an end that stands for a line break too'],
    ] as const) {
      for (const size of [1, 7, 1000]) {
        const { records, faults } = await read(text, {}, size);
        assert.deepEqual(
          [records.map(({ values }) => values), faults],
          [[{ id: 'a', name: 'x' }], []],
          what,
        );
      }
    }
    const { records } = await read('id;name\na;x\x1ay\n');
    assert.equal(records[0]?.values['name'], 'x\x1ay', 'in the middle it ends nothing');
    await assert.rejects(read('sep=,\nid,name\na,x\n'), failsWith('FILE_LAYOUT', 1));
  });

  it('set the header aside where it stands once more in the middle', async () => {
    for (const mark of ['', '\ufeff']) {
      const { records, faults } = await read(`id;name\na;x\n${mark}id;name\nb;y\n`);
      assert.equal(records.length, 2);
      assert.match(faults[0]?.message ?? '', /line 3: the header stands here again/);
    }
  });

  it('are refused with their separator named where the layout says another', async () => {
    await assert.rejects(read('id,name\na,x\n'), /separated by ",", not as the layout says/);
  });

  it('are called UTF-16 where they are, with and without a mark', async () => {
    for (const mark of ['', '\ufeff']) {
      const wide = Buffer.from(`${mark}id;name\na;x\n`, 'utf16le');
      await assert.rejects(read(wide), /is declared utf-8 but is UTF-16/);
      await assert.rejects(read(wide.swap16()), /is declared utf-8 but is UTF-16/);
    }
  });

  it('are written so that no spreadsheet runs a value, where people open them', () => {
    const style = { separator: ';', lineEnd: '\n', spreadsheet: true } as const;
    assert.equal(formatDelimited([['=1+1', '+46 70', 'Kim']], style), "'=1+1;+46 70;Kim\n");
  });

  it('are read where a column is new or the order another, and a person is told', async () => {
    const tell = { extraColumns: 'tell' } as const;
    const news = await read('id;more;name\na;b;c\n', tell);
    assert.deepEqual(news.records[0]?.values, { id: 'a', name: 'c' });
    assert.deepEqual(news.remarks, ['f.csv: column "more" is new and is not read']);
    const turned = await read('name;id\na;b\n', tell);
    assert.deepEqual(turned.records[0]?.values, { id: 'b', name: 'a' });
    assert.deepEqual(turned.remarks, ['f.csv: the columns stand in another order']);
    assert.deepEqual((await read('id;name\na;b\n', tell)).remarks, []);
    await assert.rejects(read('id;nmae\na;b\n', tell), failsWith('FILE_LAYOUT', 1));
  });

  it('are read where letters were spoilt by the sender, and a person is told once', async () => {
    const { records, remarks } = await read('id;name\na;Bj\u00c3\u00b6rk\nb;Bj\u00c3\u00b6rk\n');
    assert.equal(records.length, 2);
    assert.equal(remarks.length, 1);
    assert.match(remarks[0] ?? '', /^f.csv: holds letters that were spoilt/);
  });

  it('are damaged where a quote is not closed, and where the trailer is missing or counts wrong', async () => {
    await assert.rejects(read('id;name\na;"x\n'), failsWith('FILE_DAMAGED'));
    const trailer = { prefix: '#END', count: 1 };
    await assert.rejects(read('id;name\na;x\n', { trailer }), failsWith('FILE_DAMAGED'));
    await assert.rejects(read('id;name\na;x\n#END;2\n', { trailer }), failsWith('FILE_DAMAGED'));
    assert.equal((await read('id;name\na;x\n#END;1\n', { trailer })).records.length, 1);
  });

  it('are refused in another encoding than the declared one, and read in it', async () => {
    const latin = Buffer.from('id;name\na;Åsa\n', 'latin1');
    await assert.rejects(read(latin), failsWith('FILE_ENCODING', 2));
    const { records } = await read(latin, { encoding: 'iso-8859-1' });
    assert.equal(records[0]?.values['name'], 'Åsa');
  });

  it('are unsafe with NUL bytes or endless fields', async () => {
    await assert.rejects(read('id;name\na;x\u0000y\n'), failsWith('FILE_UNSAFE'));
    const long = `id;name\na;${'x'.repeat(10_000_001)}\n`;
    await assert.rejects(read(long, {}, 65_536), failsWith('FILE_UNSAFE'));
    const unclosed = `id;name\na;"${'x'.repeat(12_000_000)}`;
    await assert.rejects(read(unclosed, {}, 65_536), failsWith('FILE_UNSAFE'));
  });

  it('give the whole rows before the damage, and then say what is damaged', async () => {
    const ids: (string | undefined)[] = [];
    const reading = async () => {
      const bytes = chunksOf(Buffer.from('id;name\na;x\n#END\nb;y\n'), 1_000);
      const format = { ...FORMAT, trailer: { prefix: '#END' } };
      for await (const { records } of readDelimited(bytes, format, 'f.csv')) {
        ids.push(...records.map(({ values }) => values['id']));
      }
    };
    await assert.rejects(reading(), failsWith('FILE_DAMAGED'));
    assert.deepEqual(ids, ['a']);
  });

  it('never end in anything but records or a failure that names the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        try {
          await read(Buffer.concat([Buffer.from('id;name\n'), bytes]));
        } catch (error) {
          assert.ok(error instanceof Failure && error.place?.file === 'f.csv', String(error));
        }
      }),
    );
  });
});
