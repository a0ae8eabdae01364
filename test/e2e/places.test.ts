import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeWorkspace } from '../../scripts/commands/init.ts';
import { skolnav } from './skolnav.ts';

describe('a command that makes files', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-places-'));
    await makeWorkspace(folder);
  });
  after(() => rm(folder, { recursive: true }));

  it('says of a place that cannot be written why, in one line', async () => {
    const file = join(folder, 'config', 'hub.yaml');
    for (const [args, why] of [
      [['generate', '--out', file], 'a part of its path is no folder'],
      [['init', join(file, 'city')], 'a part of its path is no folder'],
      [
        ['article30', '--out', join(folder, 'nowhere', 'a.md')],
        'it, or the folder that it is to be in, is not there',
      ],
      [['article30', '--out', folder], 'it is a folder'],
    ] as const) {
      const { err, code } = await skolnav(['-C', folder, ...args]);
      assert.equal(code, 2, err);
      assert.match(err, /^\S+ cannot be used: [^\n]+\n$/);
      assert.ok(err.includes(why), err);
    }
  });
});
