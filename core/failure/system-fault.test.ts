import assert from 'node:assert/strict';
import { mkdir, mkdtemp, open, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure, TransientFailure } from './failure.ts';
import { inEnglish } from './saying.ts';
import { asFileFailure, systemFault } from './system-fault.ts';

const said = (error: unknown) => inEnglish(systemFault(error) ?? '');
const made = (code: string) => Object.assign(new Error(`${code}: of it`), { code, errno: -1 });

describe('what an operating system says', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-system-'));
    await writeFile(join(folder, 'file'), 'x');
  });
  after(() => rm(folder, { recursive: true }));

  it('of files that cannot be used is told in our words, and with the path', async () => {
    const at = (...names: readonly string[]) => join(folder, ...names);
    for (const [refused, why] of [
      [() => readFile(at('nowhere')), 'is not there'],
      [() => readFile(at('file', 'below')), 'a part of its path is no folder'],
      [() => readdir(at('file')), 'a part of its path is no folder'],
      [() => mkdir(at('file')), 'something else stands there'],
      [() => readFile(folder), 'it is a folder'],
      [() => rmdir(folder), 'the folder is not empty'],
      [() => open(at('n'.repeat(300)), 'w'), 'its name is too long'],
    ] as const) {
      const error = await refused().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      assert.match(said(error), new RegExp(why));
      assert.doesNotMatch(said(error), /\bE[A-Z]{3,}/);
      const failure = asFileFailure(error);
      assert.ok(failure instanceof Failure && failure.code === 'FILE_UNUSABLE');
      if (why !== 'it is a folder')
        assert.match(failure.message, new RegExp(`^${folder}.* cannot`));
    }
  });

  it('of its disks and limits is told without its code', () => {
    for (const [code, why] of [
      ['ENOSPC', 'its disk is full'],
      ['EROFS', 'its disk may only be read'],
      ['EACCES', 'the user of this process may not use it'],
      ['EMFILE', 'too many files are open on this machine, or in this process'],
      ['EDQUOT', 'no more of its disk is given to this user'],
      ['EIO', 'its disk did not give or take what it should'],
      ['ESTRANGE', 'the system says ESTRANGE'],
    ] as const) {
      assert.equal(said(made(code)), why);
      assert.equal(said(new Error('of a library', { cause: made(code) })), why);
    }
  });

  it('of an address is found behind what a library says', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((heard) => server.once('listening', heard));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((gone) => server.close(gone));
    const error = await fetch(`http://127.0.0.1:${port}`).catch((thrown: unknown) => thrown);
    assert.equal(said(error), 'nobody answers at that address and port');
    const refused = await new Promise((met) => connect(port, '127.0.0.1').once('error', met));
    assert.equal(said(refused), 'nobody answers at that address and port');
    assert.equal(asFileFailure(refused), refused, 'no file is at fault');
  });

  it('is not looked for in what is no error of a system, or is a failure already', () => {
    const lost = new TransientFailure('CONNECTION_LOST', 'so', { cause: made('ENOSPC') });
    for (const error of [new TypeError('no'), made('ERR_ASSERTION'), null, 'ENOENT', lost]) {
      assert.equal(systemFault(error), null);
      assert.equal(asFileFailure(error), error);
    }
  });
});
