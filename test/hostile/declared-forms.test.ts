import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import writeXlsxFile from 'write-excel-file/node';
import type { StreamLayout } from '../../core/codec/layout/layout.ts';
import { Failure, readLayoutFile } from '../../core/plugin.ts';
import { zipOf } from '../services/zip-of.ts';

/** Stands in every file; no failure may tell it. */
const SECRET = 'Qxsecret';
const COLUMNS = [{ name: 'id', required: true }, { name: 'name' }];
const ROWS = `id;name\n1;${SECRET}\n2;${SECRET}\n`;
const XML = `<h:all xmlns:h="urn:h"><h:one id="1"><h:name>${SECRET}</h:name></h:one><h:one/></h:all>`;

const DELIMITED: StreamLayout = { format: 'delimited', file: 'f', columns: COLUMNS };
const OF_XML: StreamLayout = {
  ...{ format: 'xml', file: 'f', root: 'x:all', record: 'x:one', namespaces: { x: 'urn:h' } },
  columns: [
    { name: 'id', path: '@id', required: true },
    { name: 'name', path: 'x:name' },
  ],
};

async function forms(): Promise<readonly (readonly [string, StreamLayout, Buffer])[]> {
  const sheet = writeXlsxFile([['id', 'name'].map(cell), ['1', SECRET].map(cell)]);
  const lines = `{"id":"1","name":"${SECRET}"}\n{"name":"${SECRET}"}\n`;
  return [
    ['f.csv.gz', DELIMITED, gzipSync(ROWS)],
    ['f.zip', DELIMITED, zipOf([{ name: 'f', bytes: Buffer.from(ROWS) }])],
    ['f.xlsx', { format: 'xlsx', file: 'f', columns: COLUMNS }, await sheet.toBuffer()],
    ['f.ndjson', { format: 'ndjson', file: 'f', columns: COLUMNS }, Buffer.from(lines)],
    ['f.xml', OF_XML, Buffer.from(XML)],
  ];
}

function cell(value: string) {
  return { value, type: String };
}

/** How many records are good; null where the file as a whole is refused. */
async function read(bytes: Uint8Array, file: string, layout: StreamLayout): Promise<number | null> {
  const pieces = (async function* () {
    for (let at = 0; at < bytes.length; at += 512) yield bytes.subarray(at, at + 512);
  })();
  let good = 0;
  try {
    for await (const { records, faults } of readLayoutFile(pieces, layout, file)) {
      good += records.length;
      for (const { failure } of faults) assert.ok(!failure.message.includes(SECRET));
      for (const { value } of records) assert.equal(Object.getPrototypeOf(value), Object.prototype);
    }
    return good;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    assert.ok(!`${error.message} ${error.hint}`.includes(SECRET), 'it tells the text');
    return null;
  }
}

describe('files of the forms that a layout declares', () => {
  it('are neither a crash nor quoted, whatever is cut out of them or put into them', async () => {
    const all = await forms();
    for (const [file, layout, bytes] of all)
      assert.ok(((await read(bytes, file, layout)) ?? 0) > 0);
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.asyncProperty(
      fc.constantFrom(...all),
      fc.tuple(share, share),
      fc.uint8Array({ maxLength: 20 }),
      async ([file, layout, bytes], [from, to], put) => {
        const [a, b] = [Math.floor(bytes.length * from), Math.floor(bytes.length * to)];
        const mutated = Buffer.concat([bytes.subarray(0, a), put, bytes.subarray(b)]);
        await read(mutated, file, layout);
      },
    );
    await fc.assert(property, { numRuns: 500, timeout: 3000 });
  });

  it('are refused where they stand in the place of one another', async () => {
    for (const [file, layout] of await forms()) {
      for (const [other, , bytes] of await forms()) {
        if (other !== file)
          assert.equal(await read(bytes, file, layout), null, `${other} as ${file}`);
      }
    }
  });
});
