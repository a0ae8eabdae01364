import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testContext } from '../../test/contract/context.ts';
import { loadConnectors } from '../connector/registry.ts';

const LAYOUT = `separator: ";"
lineEnd: lf
listSeparator: "|"
lineBreaks: keep
marker: all.done
files:
  - { file: people.txt, kinds: [person, guest], columns: [id, names] }
  - { file: rooms.txt, kinds: [room], columns: [id], mayRepeat: true, option: rooms }
`;

describe('a connector whose set of files is only declared', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-set-'));
    for (const name of ['c/files', 'target', 'scratch']) {
      await mkdir(join(folder, name), { recursive: true });
    }
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function load(layout: string) {
    const objects = ['person', 'guest', 'room'].map((kind) => ({ kind, schema: 'any.json' }));
    const options = { type: 'object', additionalProperties: false };
    const about = { name: 'files', title: 'Files', summary: 'Files.', stability: 'beta' };
    const manifest = { ...about, options, sink: { mode: 'full', objects } };
    const inside = join(folder, 'c', 'files');
    await writeFile(join(inside, 'manifest.json'), JSON.stringify(manifest));
    await writeFile(join(inside, 'any.json'), '{}');
    await writeFile(join(inside, 'set.layout.yaml'), layout);
    return loadConnectors([join(folder, 'c')]);
  }

  /** The files of a set with two persons, a guest and a room that is named twice. */
  async function deliver(more: object, layout = LAYOUT) {
    const { registry, lints } = await load(layout);
    assert.deepEqual(lints, []);
    const context = { ...testContext(folder), scratch: join(folder, 'scratch') };
    const connector = await registry.open('files');
    const options = { files: { folder: 'target' }, ...more };
    const sink = await connector.openSink?.(options, context);
    assert.ok(sink?.mode === 'full');
    const writer = await sink.begin(new AbortController().signal);
    await writer.write('person', [
      { id: 'p1', names: ['A;', 'B'] },
      { id: 'p2', names: 'C\nD' },
    ]);
    await writer.write('guest', [{ id: '=g' }]);
    await writer.write('room', [{ id: 'r' }, { id: 'r' }]);
    await writer.commit();
    await sink.close();
    const read = (name: string) => readFile(join(folder, 'target', name), 'utf8').catch(() => null);
    const marker = JSON.parse((await read('all.done')) ?? '{}');
    const [people, rooms, about] = await Promise.all(
      ['people.txt', 'rooms.txt', 'about.txt'].map(read),
    );
    return { people, rooms, about, rows: marker.rows };
  }

  it('writes kinds side by side, lists and line breaks as declared, and counts the rows', async () => {
    const { people, rooms, rows } = await deliver({});
    assert.equal(people, 'id;names\np1;"A;|B"\np2;"C\nD"\n=g;\n');
    assert.equal(rooms, null, 'a file that no option has switched on');
    assert.deepEqual(rows, { 'people.txt': 3 });
  });

  it('writes the rows that every set has, in a file of their own or before the others', async () => {
    const fixed = LAYOUT.replace(
      'columns: [id, names]',
      'columns: [id, names], rows: [[all, "x;y"]]',
    );
    const alone =
      '  - { file: about.txt, kinds: [], columns: [name, value], rows: [[version, "1"]] }\n';
    const { people, about, rows } = await deliver({}, fixed + alone);
    assert.match(people ?? '', /^id;names\nall;"x;y"\np1;/);
    assert.equal(about, 'name;value\nversion;1\n');
    assert.deepEqual(rows, { 'people.txt': 4, 'about.txt': 1 });
  });

  it('has the file of an option where it is on, and a row that comes twice once', async () => {
    const { people, rooms, rows } = await deliver({ rooms: true, spreadsheet: true });
    assert.equal(rooms, 'id\nr\n');
    assert.match(people ?? '', /'=g/);
    assert.deepEqual(rows, { 'people.txt': 3, 'rooms.txt': 1 });
  });

  it('writes in the encoding that is declared, and a sign for what it does not have', async () => {
    const latin = LAYOUT.replace('lineEnd: lf', 'lineEnd: lf\nencoding: iso-8859-1\ninstead: "*"');
    const { registry, lints } = await load(latin);
    assert.deepEqual(lints, []);
    const context = { ...testContext(folder), scratch: join(folder, 'scratch') };
    const connector = await registry.open('files');
    const sink = await connector.openSink?.({ files: { folder: 'target' } }, context);
    assert.ok(sink?.mode === 'full');
    const writer = await sink.begin(new AbortController().signal);
    await writer.write('person', [{ id: 'p1', names: 'Åsa Šek' }]);
    await writer.commit();
    await sink.close();
    const bytes = await readFile(join(folder, 'target', 'people.txt'));
    assert.equal(bytes.toString('latin1'), 'id;names\np1;Åsa *ek\n');
  });

  for (const [from, to, text] of [
    ['lineEnd: lf', 'lineEnd: cr', /lineEnd|"cr"|lf/],
    ['[room]', '[hall]', /differ: room, hall/],
    ['people.txt', '../people.txt', /./],
    ['separator', '- separator', /./],
  ] as const) {
    it(`is refused with a layout that says ${to}`, async () => {
      const { registry, lints } = await load(LAYOUT.replace(from, to));
      assert.equal(registry.manifest('files'), undefined);
      assert.match(lints.map((lint) => `${lint.code} ${lint.text}`).join('\n'), text);
    });
  }
});
