import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pending } from '../../test/pending.ts';
import { makeKey } from '../../test/services/sshd.ts';
import { findSshd, type SftpService, serviceOrPending } from '../../test/services.ts';
import { Failure } from '../failure/failure.ts';
import { silentLog } from '../log/log.ts';
import type { Files, SftpOptions } from './files.ts';
import { openFiles } from './open-files.ts';

const context = { folder: '/', log: silentLog };

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(bytes));
}

function failsWith(code: string, recovery?: string): (error: unknown) => boolean {
  return (error) => {
    assert(error instanceof Failure, String(error));
    assert.equal(error.code, code);
    if (recovery !== undefined) assert.equal(error.recovery, recovery);
    return true;
  };
}

const NOT_OURS = 'this needs a server of its own on this machine';

describe('files on an SFTP server (OpenSSH)', () => {
  let service: SftpService;
  let files: Files;
  let local: string;

  before(async function () {
    service = serviceOrPending(this, await findSshd());
    if (service.localFolder === null) pending(this, NOT_OURS);
    local = service.localFolder;
    files = await openFiles({ sftp: service.options }, context);
  });

  after(async () => {
    await files?.close();
    await service?.stop();
  });

  const open = (change: Partial<SftpOptions>): Promise<Files> =>
    openFiles({ sftp: { ...service.options, ...change } }, context);

  it('puts a file over an existing one and reads it back', async () => {
    await files.put('Student.csv', [Buffer.from('old, and longer than the new one')]);
    await files.put('Student.csv', [Buffer.from('new '), Buffer.from('content')]);
    assert.equal((await collect(files.read('Student.csv'))).toString(), 'new content');
    await assert.rejects(stat(join(local, 'Student.csv.part')), { code: 'ENOENT' });
  });

  it('lists files by name with their sizes, without folders and unfinished files', async () => {
    await files.put('listed/b.csv', [Buffer.from('22')]);
    await files.put('listed/a.csv', [Buffer.from('1')]);
    await files.put('listed/deeper/c.csv', [Buffer.from('3')]);
    await writeFile(join(local, 'listed/d.csv.part'), 'half');
    const listed = await files.list('listed');
    assert.deepEqual(
      listed.map((file) => [file.name, file.bytes]),
      [
        ['a.csv', 1],
        ['b.csv', 2],
      ],
    );
    assert(Math.abs((listed[0]?.modifiedAt ?? 0) - Date.now()) < 60_000);
  });

  it('moves a file into an archive folder that is not there yet', async () => {
    await files.put('done.csv', [Buffer.from('x')]);
    await files.move('done.csv', 'archive/2026-08-20/done.csv');
    assert.equal(await files.exists('done.csv'), false);
    assert.equal(await files.exists('archive/2026-08-20/done.csv'), true);
    await assert.rejects(files.move('done.csv', 'again.csv'), failsWith('FILE_MISSING'));
  });

  it('removes a file, and one that is not there without complaint', async () => {
    await files.put('gone.csv', [Buffer.from('x')]);
    await files.remove('gone.csv');
    await files.remove('gone.csv');
    assert.equal(await files.exists('gone.csv'), false);
  });

  it('answers FILE_MISSING for a file and a folder that are not there', async () => {
    await assert.rejects(collect(files.read('nothing.csv')), failsWith('FILE_MISSING', 'invalid'));
    await assert.rejects(files.list('nowhere'), failsWith('FILE_MISSING', 'invalid'));
  });

  it('carries 10 MB there and back unchanged', async () => {
    const content = randomBytes(10_000_000);
    const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
    async function* small(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < content.length; at += 7_919) yield content.subarray(at, at + 7_919);
    }
    await files.put('big.bin', small());
    assert.equal(sha(await readFile(join(local, 'big.bin'))), sha(content));
    assert.equal(sha(await collect(files.read('big.bin'))), sha(content));
  });

  it('leaves the old file in place when the bytes to be written fail', async () => {
    await files.put('kept.csv', [Buffer.from('old')]);
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(300_000);
      throw new RangeError('the source broke');
    }
    await assert.rejects(files.put('kept.csv', failing()), RangeError);
    assert.equal((await collect(files.read('kept.csv'))).toString(), 'old');
    assert.equal(await files.exists('kept.csv.part'), false);
  });

  it('does other things while a read is under way, and after one that was left early', async () => {
    await files.put('slow.bin', [Buffer.alloc(1_000_000, 1)]);
    for await (const chunk of files.read('slow.bin')) {
      assert(chunk.length > 0);
      assert.equal(await files.exists('slow.bin'), true);
      await files.put('beside.csv', [Buffer.from('x')]);
      break;
    }
    assert.equal((await collect(files.read('slow.bin'))).length, 1_000_000);
  });

  it('refuses names that lead out of the folder or are not ASCII', async () => {
    for (const path of ['../x', '/etc/passwd', 'a/../../x', 'a\\x', 'å.csv', 'a\0b']) {
      await assert.rejects(collect(files.read(path)), failsWith('FILE_UNSAFE'), path);
    }
  });

  it('answers FILE_WRITE where a folder stands in the place of the file', async () => {
    await files.put('taken/x.csv', [Buffer.from('x')]);
    await assert.rejects(files.put('taken', [Buffer.from('y')]), failsWith('FILE_WRITE', 'retry'));
  });

  it('holds for a host key that is not pinned, and names the one presented', async () => {
    const hostKeys = ['SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'];
    await assert.rejects(open({ hostKeys }), (error: unknown) => {
      failsWith('HOST_KEY_UNKNOWN', 'hold')(error);
      return error instanceof Error && error.message.includes(service.options.hostKeys[0] ?? '?');
    });
  });

  it('takes either of two pinned host keys', async () => {
    const other = 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    const second = await open({ hostKeys: [other, ...service.options.hostKeys] });
    assert.equal(await second.exists('nothing'), false);
    await second.close();
  });

  it('holds for a login key that the server does not know', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skolnav-key-'));
    await makeKey(join(folder, 'other'));
    const privateKey = await readFile(join(folder, 'other'), 'utf8');
    await rm(folder, { recursive: true });
    await assert.rejects(open({ privateKey }), failsWith('CREDENTIALS', 'hold'));
  });

  it('holds for a private key that is none', async () => {
    await assert.rejects(open({ privateKey: 'no key' }), failsWith('CREDENTIALS', 'hold'));
  });

  it('answers CONNECTION_LOST where nobody listens', async () => {
    await assert.rejects(open({ port: 1 }), failsWith('CONNECTION_LOST', 'retry'));
  });
});

describe('files on an SFTP server that crashes', () => {
  let service: SftpService;
  let files: Files;

  beforeEach(async function () {
    service = serviceOrPending(this, await findSshd());
    if (service.kill === null) pending(this, NOT_OURS);
    files = await openFiles({ sftp: service.options }, context);
  });

  afterEach(async () => {
    await files?.close();
    await service?.stop();
  });

  it('fails a read in the middle of a file, never ends it early', async () => {
    await files.put('big.bin', [Buffer.alloc(40_000_000, 1)]);
    let count = 0;
    await assert.rejects(
      async () => {
        for await (const chunk of files.read('big.bin')) {
          if (count === 0) await service.kill?.();
          count += chunk.length;
        }
      },
      failsWith('CONNECTION_LOST', 'retry'),
    );
    assert(count > 0 && count < 40_000_000);
  });

  it('fails a write in the middle of a file and leaves the old one', async () => {
    await files.put('target.bin', [Buffer.from('old')]);
    async function* dying(): AsyncGenerator<Uint8Array> {
      for (let index = 0; index < 20; index++) {
        if (index === 5) await service.kill?.();
        yield Buffer.alloc(300_000);
      }
    }
    await assert.rejects(files.put('target.bin', dying()), failsWith('CONNECTION_LOST', 'retry'));
    assert.equal(await readFile(join(service.localFolder ?? '', 'target.bin'), 'utf8'), 'old');
  });

  it('fails the next look once the server stays away', async () => {
    await files.exists('x');
    await service.kill?.();
    await assert.rejects(files.list(''), failsWith('CONNECTION_LOST', 'retry'));
  });
});
