import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pending } from '../../../test/pending.ts';
import { findSshd, type SftpService, serviceOrPending } from '../../../test/services.ts';
import { openFiles } from '../../files/open-files.ts';
import { silentLog } from '../../log/log.ts';
import type { Layout } from '../layout/layout.ts';
import type { WriteRules } from '../layout/write-rules.ts';
import { LayoutSink } from './layout-sink.ts';

const WRITE: WriteRules = { way: 'changes', lineEnd: 'lf', outbox: 'school' };
const LAYOUT: Layout = {
  write: WRITE,
  marker: 'done-{number}',
  streams: {
    pupil: {
      format: 'delimited',
      file: 'pupils-{number}.csv',
      columns: [{ name: 'id' }, { name: 'name' }],
      write: { key: ['id'] },
    },
  },
};

describe('sets written by a layout to an SFTP server (OpenSSH)', () => {
  let service: SftpService;
  let scratch: string;

  before(async function () {
    service = serviceOrPending(this, await findSshd());
    if (service.localFolder === null) pending(this, 'this needs a server of its own');
    scratch = await mkdtemp(join(tmpdir(), 'skolnav-sets-'));
  });
  after(async () => {
    await service?.stop();
    if (scratch !== undefined) await rm(scratch, { recursive: true });
  });

  it('are kept there, and go from there into the outbox of each', async () => {
    for (const name of ['A', 'B']) {
      const files = await openFiles({ sftp: service.options }, { folder: '/', log: silentLog });
      const sink = new LayoutSink(files, LAYOUT, WRITE, {
        scratch,
        today: () => '2026-09-15',
        now: Date.now,
      });
      const writer = await sink.begin(new AbortController().signal);
      await writer.write('pupil', [{ id: 'a', name, school: 'north' }]);
      await writer.commit();
      await sink.close();
    }
    const text = (name: string) => readFile(join(service.localFolder ?? '', name), 'utf8');
    assert.equal(await text('north/pupils-000001.csv'), 'id;name\na;A\n');
    assert.equal(await text('north/pupils-000002.csv'), 'id;name\na;B\n');
    assert.equal(await text('sent/north/000002/pupils-000002.csv'), 'id;name\na;B\n');
    assert.equal(JSON.parse(await text('north/done-000002')).number, 2);
  });
});
