import assert from 'node:assert/strict';
import type { Layout, StreamLayout } from '../layout/layout.ts';
import { readLayoutStreams } from '../reading/layout-reading.ts';

const COLUMNS = [
  { name: 'id', required: true },
  { name: 'name', path: 'name' },
  { name: 'posts', path: 'posts', all: true },
];

async function read(more: object, text: string) {
  const one = { file: 'f', columns: COLUMNS, ...more };
  // SAFETY: each test gives what its format needs.
  const layout = { streams: { one } } as unknown as Layout;
  const bytes = (async function* () {
    yield Buffer.from(text);
  })();
  const records: object[] = [];
  const faults: object[] = [];
  const unread: unknown[] = [];
  for await (const batch of readLayoutStreams(
    bytes,
    new Map(Object.entries(layout.streams)),
    'f',
  )) {
    records.push(...batch.records.map(({ value }) => value));
    for (const { failure, value, unread: more = {} } of batch.faults) {
      const { line, field } = failure.place ?? {};
      faults.push([line, field, value?.['id']]);
      unread.push(...Object.values(more));
    }
  }
  return { records, faults, unread };
}

describe('names of XML and JSON', () => {
  it('are the ones of the layout however their letters are composed', async () => {
    const columns = [{ name: 'id' }, { name: 'förnamn' }, { name: 'ort', path: 'bor.hör' }];
    const one = { id: '1', förnamn: 'Bo', bor: { hör: 'Å' } };
    const records = [{ id: '1', förnamn: 'Bo', ort: 'Å' }];
    const document = JSON.stringify({ på: 1, rösträkning: [one] });
    for (const form of ['NFC', 'NFD'] as const) {
      const list = { format: 'json', columns, list: 'rösträkning' };
      const ofForm = ({ records, faults }: { records: object[]; faults: object[] }) =>
        JSON.parse(JSON.stringify({ records, faults }).normalize('NFC'));
      const json = await read(list, document.normalize(form));
      assert.deepEqual(ofForm(json), { records, faults: [] });
      const path = [{ name: 'id', path: '@år' }, { name: 'förnamn' }];
      const xml = { format: 'xml', root: 'härad', record: 'bänk', columns: path };
      const text = '<härad><bänk år="1"><förnamn>Bo</förnamn></bänk></härad>'.normalize(form);
      assert.deepEqual((await read(xml, text)).records, [{ id: '1', förnamn: 'Bo' }]);
    }
  });
});

describe('an object that has a name twice', () => {
  const columns = [{ name: 'id' }, { name: 'name', path: 'name.given' }, { name: 'mark' }];
  const TWICE = [
    '{"id":"1","name":{"given":"Bo"},"mark":"S","mark":"N"}',
    '{"id":"2","id":"3","name":{"given":"Mo"},"mark":"S"}',
    '{"id":"4","name":{"given":"Jo \\" :","given":"Al"},"mark":"N","note":[{"a":1,"b":[]}]}',
    '{"id":"5","id":"5","name":{"given":"Li"},"x":1,"x":2,"mark":"N"}',
    '{"id":"6","name":{"given":"Jo: \\"x\\": {,"},"mark":"N","note":[":",{},[]]}',
  ];
  for (const format of ['json', 'ndjson']) {
    it(`is set aside in ${format}, with the word that it would have hidden, unless both say the same`, async () => {
      const text = format === 'json' ? `[${TWICE.join(',')}]` : TWICE.join('\n');
      const { records, faults, unread } = await read({ format, columns }, text);
      assert.deepEqual(faults, [
        [1, 'mark', '1'],
        [2, 'id', undefined],
        [3, 'name', '4'],
      ]);
      assert.deepEqual(unread, ['S | N', '2 | 3', 'Jo " : | Al']);
      assert.deepEqual(
        records.map((one) => Object.values(one)[0]),
        ['5', '6'],
      );
    });
  }

  it('and one whose ids have many digits: they are told apart', async () => {
    const text = '[{"id":9007199254740993},{"id":9007199254740992},{"id":12,"mark":-1.5}]';
    const { records } = await read({ format: 'json', columns: [{ name: 'id' }] }, text);
    assert.deepEqual(records, [
      { id: '9007199254740993' },
      { id: '9007199254740992' },
      { id: '12' },
    ]);
  });
});

describe('an element that stands several times and is read as one', () => {
  it('gives the others beside the first: they may be words of protection', async () => {
    const columns = [{ name: 'id', path: '@id' }, { name: 'mark' }, { name: 'post', all: true }];
    const one = { format: 'xml', root: 'all', record: 'one', file: 'f', columns };
    const marks = '<mark>N</mark><mark>S</mark><mark>N</mark><post>a</post><post>b</post>';
    const bytes = (async function* () {
      yield Buffer.from(`<all><one id="1">${marks}</one><one id="2"><mark>N</mark></one></all>`);
    })();
    // SAFETY: as above.
    const layouts = new Map([['one', one]]) as unknown as Map<string, StreamLayout>;
    const batches = await Array.fromAsync(readLayoutStreams(bytes, layouts, 'f'));
    const records = batches.flatMap((batch) => batch.records);
    const post = ['a', 'b'];
    assert.deepEqual(
      records.map(({ value, others }) => [value, others]),
      [
        [{ id: '1', mark: 'N', post }, [{ id: '1', mark: 'S', post }]],
        [{ id: '2', mark: 'N', post: [] }, undefined],
      ],
    );
  });
});

describe('what is no text where a text belongs', () => {
  it('sets its record of JSON aside, and makes nobody of an id that is none', async () => {
    const items = [
      { id: '1', name: { given: 'Åsa' } },
      { id: [3], name: 'Bo' },
      { id: '4', name: ['Cem'] },
      { id: '5', name: 'Dag', posts: [{ to: 'x' }] },
      { id: '6', name: 'Eva', posts: { to: 'x' } },
      { id: 7, name: null, posts: ['a', 2] },
      { id: '8', name: true, posts: 'one' },
    ];
    const faults = [
      [1, 'name', '1'],
      [2, 'id', undefined],
      [3, 'name', '4'],
      [4, 'posts', '5'],
      [5, 'posts', '6'],
    ];
    const records = [
      { id: '7', name: '', posts: ['a', '2'] },
      { id: '8', name: 'true', posts: ['one'] },
    ];
    const lines = items.map((item) => JSON.stringify(item)).join('\n');
    const found = await read({ format: 'ndjson' }, lines);
    assert.deepEqual([found.records, found.faults], [records, faults]);
    const document = await read({ format: 'json' }, JSON.stringify(items));
    assert.deepEqual([document.records, document.faults], [records, faults]);
  });

  it('sets its record of XML aside: elements, or an id that stands there twice', async () => {
    const one = (inside: string) => `<one>${inside}</one>\n`;
    const text = [
      one('<id>1</id><name><given>Åsa</given></name>'),
      one('<id>2</id><id>3</id>'),
      one('<id>4</id><id>4</id><name>Bo</name><name>Bosse</name><posts>a</posts><posts>b</posts>'),
      one('<id>5</id><posts><to/></posts>'),
    ];
    const xml = { format: 'xml', root: 'all', record: 'one' };
    const { records, faults } = await read(xml, `<all>${text.join('')}</all>`);
    assert.deepEqual(records, [{ id: '4', name: 'Bo', posts: ['a', 'b'] }]);
    assert.deepEqual(faults, [
      [1, 'name', '1'],
      [2, 'id', undefined],
      [4, 'posts', '5'],
    ]);
  });
});
