import assert from 'node:assert/strict';
import { inEnglish } from '../../failure/saying.ts';
import type { Layout, StreamLayout } from '../layout/layout.ts';
import { layoutFaults } from '../layout/layout-faults.ts';
import { readLayoutStreams } from '../reading/layout-reading.ts';

const PLACES: Layout = {
  streams: {
    unit: {
      ...{ format: 'fixed', file: 'places.txt' },
      recordType: { start: 1, width: 2, value: '10' },
      columns: [{ name: 'unit', start: 3, width: 4, required: true }],
      trailer: { prefix: '99', count: { start: 3, width: 4 } },
    },
    place: {
      ...{ format: 'fixed', file: 'places.txt' },
      recordType: { start: 1, width: 2, value: '20' },
      carry: { from: 'unit', columns: { unit: 'unit' } },
      columns: [
        { name: 'child', start: 3, width: 4, required: true },
        { name: 'from', start: 7, width: 8, type: 'date', date: 'yyyyMMdd' },
      ],
    },
  },
};

const COURSES: Layout = {
  streams: {
    course: {
      ...{ format: 'xml', file: 'k.xml', root: 'hanna', record: 'kurser/kurs' },
      columns: [{ name: 'id', path: '@id', required: true }, { name: 'namn' }],
    },
    studies: {
      ...{ format: 'xml', file: 'k.xml', root: 'hanna', record: 'kurser/kurs/deltagare' },
      columns: [
        { name: 'course', path: '../@id' },
        { name: 'pin', path: 'id[@typ="pnr"]' },
        { name: 'all', path: 'id', all: true },
      ],
    },
  },
};

async function read(layout: Layout, text: string): Promise<Record<string, unknown>> {
  const bytes = (async function* () {
    for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7));
  })();
  const found: Record<string, unknown[]> = { faults: [] };
  const streams = new Map(Object.entries(layout.streams));
  for await (const batch of readLayoutStreams(bytes, streams, 'f')) {
    const said = batch.records.map(({ value, line }) => [line, ...Object.values(value)]);
    found[batch.stream] = [...(found[batch.stream] ?? []), ...said];
    found['faults']?.push(...batch.faults.map(({ failure }) => failure.message));
  }
  return found;
}

describe('a file of several types of records', () => {
  it('is read once; a child has what it needs of the parent before it', async () => {
    assert.deepEqual(layoutFaults(PLACES), []);
    const text = '10U1  \n20C1  20260901\n20C2  \n10U2  \n20C3  20260902\n990005\n';
    assert.deepEqual(await read(PLACES, text), {
      unit: [
        [1, 'U1'],
        [4, 'U2'],
      ],
      place: [
        [2, 'C1', '2026-09-01', 'U1'],
        [3, 'C2', '', 'U1'],
        [5, 'C3', '2026-09-02', 'U2'],
      ],
      faults: [],
    });
  });

  it('sets a child aside whose parent is none, and never gives it to the one before', async () => {
    const text = '20C0  \n10U1  \n20C1  \n10\n20C2  \n10U3  \n30??  \n20C3  \n990008\n';
    const { place, faults } = await read(PLACES, text);
    assert.deepEqual(place, [[3, 'C1', '', 'U1']]);
    assert.ok(Array.isArray(faults));
    assert.deepEqual(faults.sort(), [
      'f, line 1: unit is not known: no good record of "unit" stands before it',
      'f, line 4: has 2 characters instead of 6 to 6',
      'f, line 5: unit is not known: no good record of "unit" stands before it',
      'f, line 7: is of a record type that the layout does not have',
      'f, line 8: unit is not known: no good record of "unit" stands before it',
    ]);
  });

  it('is damaged where its trailer counts otherwise', async () => {
    await assert.rejects(read(PLACES, '10U1  \n20C1  \n990003\n'), { code: 'FILE_DAMAGED' });
  });

  it('may be delimited', async () => {
    const file = { format: 'delimited', file: 'w.csv' } as const;
    const layout: Layout = {
      streams: {
        head: {
          ...file,
          recordType: { field: 0, value: 'E' },
          columns: [{ name: 't' }, { name: 'e' }],
        },
        row: {
          ...{ ...file, recordType: { field: 0, value: 'B' } },
          carry: { from: 'head', columns: { e: 'e' } },
          columns: [{ name: 't' }, { name: 'b' }, { name: 'c' }],
        },
      },
    };
    assert.deepEqual(layoutFaults(layout), []);
    const { row, faults } = await read(layout, 'E;1\nB;x;y\nE;2;3\nB;z;w\n');
    assert.deepEqual(row, [[2, 'B', 'x', 'y', '1']]);
    assert.equal(Array.isArray(faults) && faults.length, 2);
  });
});

describe('a file of XML that a layout declares', () => {
  const XML = `<h:hanna xmlns:h="urn:h"><h:kurser>
<h:kurs id="K1"><namn> Sfi </namn><deltagare><id typ="lokal">7</id><id typ="pnr">20</id></deltagare></h:kurs>
<kurs id="K2"><namn/><deltagare><id typ="lokal">8</id></deltagare><deltagare/></kurs>
</h:kurser></h:hanna>`;

  it('gives the records of all of its streams, with what stands around them', async () => {
    assert.deepEqual(layoutFaults(COURSES), []);
    assert.deepEqual(await read(COURSES, XML), {
      course: [
        [2, 'K1', 'Sfi'],
        [3, 'K2', ''],
      ],
      studies: [
        [2, 'K1', '20', ['7', '20']],
        [3, 'K2', '', ['8']],
        [3, 'K2', '', []],
      ],
      faults: [],
    });
  });

  it('is damaged where it is cut, and of another layout where its root is', async () => {
    await assert.rejects(read(COURSES, XML.slice(0, -9)), { code: 'FILE_DAMAGED' });
    await assert.rejects(read(COURSES, '<html></html>'), { code: 'FILE_LAYOUT' });
  });
});

describe('a file of JSON that a layout declares', () => {
  const columns = [{ name: 'id' }, { name: 'given', path: 'name.given' }];
  const layout = (more: object) =>
    ({ streams: { one: { file: 'f', columns, ...more } } }) as unknown as Layout;
  const OBJECTS = [{ id: 7, name: { given: 'Åsa' } }, { id: 'b' }];
  const ROWS = ['7', 'b'];

  it('is a list, a list by its name, or one object a line', async () => {
    for (const [more, text] of [
      [{ format: 'json' }, JSON.stringify(OBJECTS)],
      [{ format: 'json', list: 'rows' }, JSON.stringify({ asOf: 1, rows: OBJECTS })],
      [{ format: 'ndjson' }, OBJECTS.map((one) => JSON.stringify(one)).join('\r\n\n')],
    ] as const) {
      const { one } = await read(layout(more), text);
      assert.ok(Array.isArray(one));
      assert.deepEqual(
        one.map(([, id]) => id),
        ROWS,
      );
      assert.deepEqual(
        one.map(([, , given]) => given),
        ['Åsa', ''],
      );
    }
  });

  it('is damaged where it is cut, and of another layout without its list', async () => {
    const json = layout({ format: 'json', list: 'rows' });
    await assert.rejects(read(json, '{"rows":[{"id":1}'), { code: 'FILE_DAMAGED' });
    await assert.rejects(read(json, '{"row":[{"id":1}]}'), { code: 'FILE_LAYOUT' });
    const lines = layout({ format: 'ndjson' });
    await assert.rejects(read(lines, '{"id":1}\n{"id":'), { code: 'FILE_DAMAGED' });
    await assert.rejects(read(lines, '<html>\n</html>\n'), { code: 'FILE_DAMAGED' });
  });
});

describe('a record of XML or JSON that is no good one', () => {
  it('is set aside alone where a line is no JSON, or no object', async () => {
    const columns = [{ name: 'id', required: true }];
    const layout = { streams: { one: { format: 'ndjson', file: 'f', columns } } } as Layout;
    const { one, faults } = await read(
      layout,
      '{"id":1}\n{"id":\n[2]\n{}\n{"id":null}\n{"id":3}\n',
    );
    assert.deepEqual(one, [
      [1, '1'],
      [5, ''],
      [6, '3'],
    ]);
    assert.deepEqual(faults, [
      'f, line 2: is no JSON',
      'f, line 3: is no object',
      'f, line 4: id is missing',
    ]);
  });

  it('is set aside alone where it lacks what is required; an empty one is there', async () => {
    const columns = [{ name: 'id', path: '@id', required: true }];
    const record = { format: 'xml', file: 'f', root: 'all', record: 'one', columns } as const;
    const xml = '<all><one id="1"/>\n<one/>\n<one id=""/></all>';
    const { one, faults } = await read({ streams: { one: record } }, xml);
    assert.deepEqual(one, [
      [1, '1'],
      [3, ''],
    ]);
    assert.deepEqual(faults, ['f, line 2: id is missing']);
  });
});

describe('names of XML that a layout gives a prefix', () => {
  const columns = [
    { name: 'id', path: '@id' },
    { name: 'own', path: 'h:namn' },
    { name: 'other', path: 'x:namn' },
    { name: 'all', path: 'namn', all: true },
    { name: 'kind', path: '@x:kind' },
  ];
  const one: StreamLayout = {
    format: 'xml',
    file: 'f',
    root: 'h:alla',
    record: 'h:lista/h:kurs',
    columns,
    namespaces: { h: 'urn:h', x: 'urn:x' },
  };
  const layout: Layout = { streams: { one } };
  const document = (root: string) =>
    `<alla xmlns="${root}" xmlns:q="urn:x"><lista><kurs id="1" q:kind="k"><q:namn>X</q:namn><namn>H</namn></kurs>` +
    '<q:kurs id="2"/><kurs xmlns="urn:other" id="3"/><p:kurs xmlns:p="urn:h" id="4"><namn>Y</namn></p:kurs></lista></alla>';

  it('are those of its namespace, whatever prefix the document has', async () => {
    assert.deepEqual(layoutFaults(layout), []);
    assert.deepEqual(await read(layout, document('urn:h')), {
      one: [
        [1, '1', 'H', 'X', ['X', 'H'], 'k'],
        [1, '4', 'Y', '', ['Y'], ''],
      ],
      faults: [],
    });
  });

  it('make another layout of a document whose root is of another namespace', async () => {
    await assert.rejects(read(layout, document('urn:other')), { code: 'FILE_LAYOUT' });
  });

  it('are refused where the prefix stands for none', () => {
    const streams = { one: { ...one, namespaces: { h: 'urn:h' } } };
    const [fault] = layoutFaults({ streams });
    assert.match(inEnglish(fault?.said ?? ''), /"x:" is the prefix of no namespace/);
  });
});

describe('a layout whose streams share a file', () => {
  it('is refused where they contradict each other; what one says counts for all', async () => {
    const { unit, place } = PLACES.streams;
    assert.ok(unit !== undefined && place !== undefined);
    const texts = (more: object) =>
      layoutFaults({ streams: { unit, place: { ...place, ...more } } as Layout['streams'] })
        .map(({ said }) => inEnglish(said))
        .join('\n');
    assert.match(texts({ trailer: { prefix: '98' } }), /trailer is said otherwise by "place"/);
    assert.match(texts({ mode: 'delta' }), /mode is said otherwise/);
    assert.equal(texts({ encoding: 'cp850' }), '');
    const streams = { place: { ...place, encoding: 'iso-646-se' } as typeof place, unit };
    const { place: read850 } = await read({ streams }, '10U1  \n20C{|}\n990002\n');
    assert.deepEqual(read850, [[2, 'Cäöå', '', 'U1']]);
  });

  it('is refused where nothing tells their records apart, or a parent is none', () => {
    const { unit, place } = PLACES.streams;
    const faults = (streams: object) =>
      layoutFaults({ streams } as Layout)
        .map(({ said }) => inEnglish(said))
        .join('\n');
    const same = { start: 1, width: 2, value: '10' };
    assert.match(
      faults({ unit, place: { ...place, recordType: same } }),
      /nothing tells them apart/,
    );
    assert.match(faults({ place }), /no other stream "unit" of the same file/);
    const carry = { from: 'unit', columns: { child: 'unit' } };
    assert.match(faults({ unit, place: { ...place, carry } }), /"child" is a column already/);
    const by = { own: 'from', parent: 'name' };
    const known = { from: 'unit', columns: { unit: 'unit' }, by };
    assert.match(faults({ unit, place: { ...place, carry: known } }), /by: no column "name"/);
    const far = { name: 'x', path: '../../../y' };
    assert.match(faults({ s: { ...COURSES.streams['course'], columns: [far] } }), /is no path/);
  });
});
