import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pending } from '../../test/pending.ts';
import { makeFolder } from './make-folder.ts';

describe('a folder that is to be made', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-folder-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is made with all that it is to be in, once or twice', async () => {
    const deep = join(folder, 'a', 'b', 'c');
    for (const _ of [1, 2]) await makeFolder(deep, 0o700);
    assert.equal((await stat(deep)).mode & 0o777, 0o700);
  });

  it('is refused where something else stands, there or on the way', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await assert.rejects(makeFolder(file), { code: 'EEXIST', path: file });
    await assert.rejects(makeFolder(join(file, 'a', 'b')), { code: 'ENOTDIR' });
  });

  it('is refused where the system has no room for it, and is not asked for for ever', async function () {
    if (!existsSync('/proc/self')) pending(this, 'no /proc here');
    await assert.rejects(makeFolder('/proc/skolnav/out'), {
      code: 'ENOENT',
      path: '/proc/skolnav',
    });
  });
});
