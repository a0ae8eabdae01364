import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pending } from '../pending.ts';
import { findSshd, type SftpService, serviceOrPending } from '../services.ts';
import { runOf, World } from './world.ts';

/** Register files come in over SFTP, and School Data Sync's go out over it: a real OpenSSH server. */
describe('a night over SFTP', () => {
  let world: World;
  let local: World;
  let service: SftpService;
  let served: string;

  before(async function () {
    service = serviceOrPending(this, await findSshd());
    if (service.localFolder === null || service.options.privateKey === undefined)
      pending(this, 'this needs a server of its own on this machine');
    served = service.localFolder;
    world = await World.open();
    local = await World.open();
    const key = join(world.folder, 'sftp-key');
    await writeFile(key, service.options.privateKey, { mode: 0o600 });
    const { host, port, user, hostKeys } = service.options;
    const sftp = (folder: string) =>
      `{ sftp: { host: ${host}, port: ${port}, user: ${user}, privateKey: "\${file:sftp-key}", ` +
      `hostKeys: ["${hostKeys[0]}"], folder: ${served}/${folder} } }`;
    await world.reconfigure('{ folder: data/register }', sftp('register'));
    await world.reconfigure('{ folder: data/collaboration }', sftp('collaboration'));
  });
  after(async () => {
    await world?.close();
    await local?.close();
    await service?.stop();
  });

  const register = () => join(served, 'register');

  /** Puts a night's batch where the SFTP server serves it, and where the other world reads it. */
  async function bothNights(night: number): Promise<void> {
    await local.night(night, 120);
    await world.night(night, 120);
    const made = join(world.folder, 'data', 'register');
    await cp(made, register(), { recursive: true });
    await rm(made, { recursive: true });
  }

  it('says so where the folder of the target is not there, and makes none', async () => {
    await bothNights(1);
    const run = runOf(await world.sync('collaboration'), 'collaboration');
    assert.deepEqual([run.outcome, run.problem?.code], ['failed', 'FILE_WRITE']);
    assert.ok(!(await readdir(served)).includes('collaboration'));
  });

  it('delivers what it delivers from a folder', async () => {
    await mkdir(join(served, 'collaboration'));
    const report = await world.sync();
    await local.sync();
    for (const { subject, outcome, problem } of [...report.intakes, ...report.flows]) {
      assert.deepEqual([subject, outcome, problem], [subject, 'done', null]);
    }
    for (const name of ['users.csv', 'classes.csv', 'enrollments.csv']) {
      const lines = (text: string) => text.split('\r\n').length;
      const sent = await readFile(join(served, 'collaboration', name), 'utf8');
      assert.equal(lines(sent), lines(await local.delivered(name)), name);
    }
    assert.ok((await readdir(join(served, 'collaboration'))).includes('sds.done'));
  });

  it('moves the batch into the archive when it has been taken in', async () => {
    const left = await readdir(register());
    assert.deepEqual(
      left.filter((name) => name.startsWith('ber-')),
      [],
    );
    const archived = await readdir(join(register(), 'archive'), { recursive: true });
    assert.ok(archived.some((name) => name.endsWith('ber-20260901.xml')));
  });

  it('takes the next night, and leaves no half-written file', async () => {
    await bothNights(2);
    const report = await world.sync();
    assert.equal(runOf(report, 'register').outcome, 'done');
    const names = await readdir(served, { recursive: true });
    assert.deepEqual(
      names.filter((name) => name.endsWith('.part')),
      [],
    );
  });

  it('is a failed run, and no crash, where the server is not there', async () => {
    await service.kill?.();
    const report = await world.sync('lms');
    const run = runOf(report, 'register');
    assert.deepEqual([run.outcome, run.problem?.code], ['failed', 'CONNECTION_LOST']);
    assert.equal(runOf(report, 'lms').outcome, 'done');
  });
});
