import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Files } from '../../files/files.ts';
import { openFolderFiles } from '../../files/folder-files.ts';
import type { JsonObject } from '../../message/message.ts';
import type { Layout, StreamLayout } from '../layout/layout.ts';
import { layoutFaults } from '../layout/layout-faults.ts';
import type { Operations, WriteRules } from '../layout/write-rules.ts';
import { readLayoutStreams } from '../reading/layout-reading.ts';
import { LayoutSink } from './layout-sink.ts';

const SIGNAL = new AbortController().signal;
const OPERATIONS: Operations = { column: 'op', new: 'N', changed: 'C', gone: 'G', first: 'F' };

describe('sets written by a layout', () => {
  let folder: string;
  let files: Files;
  let day = '2026-09-15';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-sets-'));
    for (const name of ['out', 'scratch']) await mkdir(join(folder, name));
    files = await openFolderFiles(join(folder, 'out'));
    day = '2026-09-15';
  });
  afterEach(() => rm(folder, { recursive: true }));

  function layoutOf(write: WriteRules, file: string, marker: string, more: object): Layout {
    const names = ['op', 'id', 'month', 'name'];
    const columns = names.map((name) => ({ name }));
    const pupil: StreamLayout = { format: 'delimited', file, columns, ...more };
    return { write: { lineEnd: 'lf', ...write }, marker, streams: { pupil } };
  }
  const whole = (more: Partial<WriteRules> = {}) =>
    layoutOf({ way: 'full', ...more }, 'pupils-{date}.csv', 'done', {});
  const changes = (more: Partial<WriteRules> = {}) =>
    layoutOf({ way: 'changes', ...more }, 'pupils-{number}.csv', 'done-{number}', {
      write: { key: ['id'], operations: OPERATIONS },
    });
  const periods = () =>
    layoutOf({ way: 'period' }, 'basis-{number}.csv', 'done-{number}', {
      write: { key: ['month', 'id'], period: 'month', operations: OPERATIONS },
    });

  async function deliver(layout: Layout, objects: readonly JsonObject[], through = files) {
    const { write = { way: 'full' } } = layout;
    const context = { scratch: join(folder, 'scratch'), today: () => day, now: Date.now };
    const sink = new LayoutSink(through, layout, write, context);
    const writer = await sink.begin(SIGNAL);
    try {
      for (const object of objects) await writer.write('pupil', [object]);
      await writer.commit();
    } catch (failure) {
      await writer.abort();
      throw failure;
    }
    assert.deepEqual(await readdir(join(folder, 'scratch', 'set')).catch(() => []), []);
  }
  const text = (name: string) => readFile(join(folder, 'out', name), 'utf8');
  const names = async (inside = '') =>
    (await files.list(inside).catch(() => [])).map(({ name }) => name);

  it('are not made where it is not known any more what was sent', async () => {
    await deliver(changes(), [{ id: 'a' }]);
    for (const name of ['last.json', '000001/picture.ndjson']) {
      const file = join(folder, 'out', 'sent', name);
      const good = await readFile(file);
      for (const bad of [good.subarray(0, -5), 'null\n', '[]\n']) {
        await writeFile(file, bad);
        await assert.rejects(deliver(changes(), [{ id: 'b' }]), { code: 'FILE_DAMAGED' });
      }
      await writeFile(file, good);
    }
    assert.deepEqual(await names(), ['done-000001', 'pupils-000001.csv']);
    await deliver(changes(), [{ id: 'b' }]);
    assert.equal(await text('pupils-000002.csv'), 'op;id;month;name\nN;b;;\nG;a;;\n');
  });

  it('are whole: in place of the set before, with a marker that counts, dated where it says so', async () => {
    await deliver(whole(), [{ id: 'a', name: 'Å' }, { id: 'b' }]);
    await deliver(whole(), [{ id: 'b' }]);
    assert.equal(await text('pupils-20260915.csv'), 'op;id;month;name\n;b;;\n');
    assert.deepEqual(JSON.parse(await text('done')).rows, { 'pupils-20260915.csv': 1 });
    day = '2026-09-16';
    await deliver(whole(), []);
    assert.equal(await text('pupils-20260916.csv'), 'op;id;month;name\n');
  });

  it('have children behind their parents, and a trailer that counts all of them', async () => {
    const lines = { format: 'fixed', file: 'units.txt' } as const;
    const id = { name: 'id', start: 3, width: 4, required: true } as const;
    const unit: StreamLayout = {
      ...lines,
      recordType: { start: 1, width: 2, value: '10' },
      columns: [id],
      trailer: { prefix: '99', count: { start: 3, width: 4 } },
    };
    const child: StreamLayout = {
      ...lines,
      recordType: { start: 1, width: 2, value: '20' },
      carry: { from: 'unit', columns: { unit: 'id' } },
      columns: [id],
    };
    const streams = { unit, child };
    const layout: Layout = { write: { way: 'full', lineEnd: 'lf' }, streams };
    assert.deepEqual(layoutFaults(layout), []);
    const context = { scratch: join(folder, 'scratch'), today: () => day, now: Date.now };
    const sink = new LayoutSink(files, layout, { way: 'full', lineEnd: 'lf' }, context);
    const writer = await sink.begin(SIGNAL);
    await writer.write('unit', [{ id: 'u1' }, { id: 'u2' }]);
    const children = [
      { id: 'a', unit: 'u2' },
      { id: 'b', unit: 'u1' },
      { id: 'c', unit: 'u2' },
    ];
    await writer.write('child', children);
    await writer.commit();
    const rows = ['10u1', '20b', '10u2', '20a', '20c', '990005'];
    const found = (await text('units.txt')).split('\n').map((row) => row.trim());
    assert.deepEqual(found, [...rows, '']);
    const read: object[] = [];
    const layouts = new Map(Object.entries(streams));
    for await (const batch of readLayoutStreams(files.read('units.txt'), layouts, 'units.txt')) {
      if (batch.stream === 'child') read.push(...batch.records.map(({ value }) => ({ ...value })));
    }
    const sorted = children.toSorted((a, b) => (a.unit < b.unit ? -1 : 1));
    assert.deepEqual(read, sorted);
  });

  it('are changes: what is new, changed and gone, under running numbers, and nothing for nothing', async () => {
    await deliver(changes(), [
      { id: 'a', name: 'A' },
      { id: 'b', name: 'B' },
    ]);
    await deliver(changes(), [
      { id: 'a', name: 'A' },
      { id: 'b', name: 'B' },
    ]);
    assert.deepEqual(await names(), ['done-000001', 'pupils-000001.csv']);
    await deliver(changes(), [
      { id: 'b', name: 'BB' },
      { id: 'c', name: 'C' },
    ]);
    const head = 'op;id;month;name\n';
    assert.equal(await text('pupils-000001.csv'), `${head}N;a;;A\nN;b;;B\n`);
    assert.equal(await text('pupils-000002.csv'), `${head}C;b;;BB\nN;c;;C\nG;a;;\n`);
    assert.equal(JSON.parse(await text('done-000002')).number, 2);
  });

  it('are the same bytes under the same number, wherever the hub was killed', async () => {
    await deliver(changes(), [{ id: 'a', name: 'A' }]);
    for (let survived = 0; ; survived++) {
      await rm(join(folder, 'out'), { recursive: true });
      await mkdir(join(folder, 'out'));
      await deliver(changes(), [{ id: 'a', name: 'A' }]);
      const killed = await deliver(
        changes(),
        [{ id: 'b', name: 'B' }],
        dying(files, survived),
      ).then(
        () => false,
        () => true,
      );
      const seen = new Map<string, string>();
      for (const name of await names()) seen.set(name, await text(name));
      await deliver(changes(), [{ id: 'c', name: 'C' }]);
      for (const [name, before] of seen) assert.equal(await text(name), before, name);
      const told = new Set<string>();
      for (const name of (await names()).filter((one) => one.endsWith('.csv'))) {
        for (const row of (await text(name)).split('\n').slice(1, -1)) {
          const [op = '', id = ''] = row.split(';');
          if (op === 'G') told.delete(id);
          else told.add(id);
        }
      }
      assert.deepEqual([...told], ['c'], `killed after ${survived} writes`);
      if (!killed) {
        assert.ok(survived > 5);
        return;
      }
    }
  });

  it('are closed by period: later corrections go with the next period, and what was sent stays', async () => {
    const row = (month: string, id: string, name = id) => ({ month, id, name });
    await deliver(periods(), [row('2026-09', 'a'), row('2026-09', 'b'), row('2026-09', 'c')]);
    const closed = await text('basis-000001.csv');
    await deliver(periods(), [row('2026-09', 'a'), row('2026-09', 'c')]);
    assert.deepEqual(await names(), ['basis-000001.csv', 'done-000001']);
    day = '2026-10-15';
    const late = [row('2026-09', 'a'), row('2026-09', 'c', 'CC'), row('2026-09', 'd')];
    await deliver(periods(), [...late, row('2026-10', 'a')]);
    assert.equal(await text('basis-000001.csv'), closed);
    const head = 'op;id;month;name\n';
    assert.equal(closed, `${head}F;a;2026-09;a\nF;b;2026-09;b\nF;c;2026-09;c\n`);
    const rows = 'C;c;2026-09;CC\nN;d;2026-09;d\nF;a;2026-10;a\nG;b;2026-09;\n';
    assert.equal(await text('basis-000002.csv'), head + rows);
    day = '2026-11-15';
    await deliver(periods(), [row('2026-10', 'a'), row('2026-11', 'a')]);
    assert.equal(await text('basis-000003.csv'), `${head}F;a;2026-11;a\n`, 'September is past');
    assert.equal(await text('sent/000001/basis-000001.csv'), closed);
  });

  it('are one for each outbox, which is told where it has nothing any more', async () => {
    const layout = whole({ outbox: 'school' });
    await deliver(layout, [
      { id: 'a', school: 'north' },
      { id: 'b', school: 'south' },
    ]);
    assert.match(await text('north/pupils-20260915.csv'), /;a;/);
    assert.doesNotMatch(await text('north/pupils-20260915.csv'), /;b;/);
    await deliver(layout, [{ id: 'b', school: 'south' }]);
    assert.equal(await text('north/pupils-20260915.csv'), 'op;id;month;name\n');
    const numbered = changes({ outbox: 'school' });
    await deliver(numbered, [{ id: 'a', school: 'north' }]);
    await deliver(numbered, [{ id: 'a', school: 'south' }]);
    assert.match(await text('north/pupils-000002.csv'), /^G;a;/m);
    assert.match(await text('south/pupils-000001.csv'), /^N;a;/m);
  });

  it('are kept as they were sent, as many as the layout says', async () => {
    const layout = changes({ keep: 2 });
    for (const name of ['A', 'B', 'C', 'D']) await deliver(layout, [{ id: 'a', name }]);
    assert.deepEqual(await names('sent/000002'), []);
    assert.match(await text('sent/000003/pupils-000003.csv'), /^C;a;;C$/m);
  });
});

/** A folder whose connection breaks for good after so many writes. */
function dying(files: Files, writes: number): Files {
  let left = writes;
  const use = async (work: () => Promise<void>): Promise<void> => {
    if (left-- <= 0) throw new Error('killed');
    return work();
  };
  return {
    list: (path) => files.list(path),
    read: (path) => files.read(path),
    exists: (path) => files.exists(path),
    close: () => files.close(),
    put: (path, bytes) => use(() => files.put(path, bytes)),
    move: (from, to) => use(() => files.move(from, to)),
    remove: (path) => use(() => files.remove(path)),
  };
}
