import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFiles } from '../../files/open-files.ts';
import { silentLog } from '../../log/log.ts';
import type { JsonObject } from '../../message/message.ts';
import type { Layout } from '../layout/layout.ts';
import { layoutFaults } from '../layout/layout-faults.ts';
import type { WriteRules } from '../layout/write-rules.ts';
import { LayoutSink } from './layout-sink.ts';

const WRITE: WriteRules = { way: 'changes', lineEnd: 'lf' };
const LAYOUT: Layout = {
  write: WRITE,
  streams: {
    person: {
      ...{ format: 'xml', file: 'persons-{number}.xml', root: 'enterprise', record: 'person' },
      write: { key: ['id'], operations: { column: 'status', new: '1', changed: '2', gone: '3' } },
      columns: [
        { name: 'status', path: '@recstatus' },
        { name: 'id', required: true },
        { name: 'name', path: 'name/fn', required: true },
      ],
    },
  },
};

describe('documents of changes', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-xml-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function deliver(...objects: readonly JsonObject[]): Promise<void> {
    const files = await openFiles({ folder }, { folder, log: silentLog });
    const world = { scratch: join(folder, 'scratch'), today: () => '2026-09-01', now: () => 0 };
    const sink = new LayoutSink(files, LAYOUT, WRITE, world);
    const writer = await sink.begin(new AbortController().signal);
    await writer.write('person', objects);
    await writer.commit();
    await sink.close();
  }

  it('say of each record what became of it, and of what is gone its key alone', async () => {
    assert.deepEqual(layoutFaults(LAYOUT), []);
    const bo = { id: 'p2', name: 'Bo' };
    await deliver({ id: 'p1', name: 'Kim' }, bo, { id: 'p3', name: 'Alex' });
    await deliver({ id: 'p1', name: 'Kim Ek' }, bo, { id: 'p4', name: 'Mira' });
    const text = await readFile(join(folder, 'persons-000002.xml'), 'utf8');
    assert.deepEqual(text.split('\n').slice(1), [
      '<person recstatus="2"><id>p1</id><name><fn>Kim Ek</fn></name></person>',
      '<person recstatus="1"><id>p4</id><name><fn>Mira</fn></name></person>',
      '<person recstatus="3"><id>p3</id><name><fn/></name></person>',
      '</enterprise>',
      '',
    ]);
  });
});
