import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConnectors } from '../../core/connector/registry.ts';
import type { JsonObject, SnapshotSink } from '../../core/plugin.ts';
import { testContext } from '../../test/contract/context.ts';
import { describeSnapshotSink } from '../../test/contract/snapshot-sink.contract.ts';

async function open(folder: string, relationships = false): Promise<SnapshotSink> {
  for (const name of ['target', 'scratch']) await mkdir(join(folder, name), { recursive: true });
  const context = { ...testContext(folder), scratch: join(folder, 'scratch') };
  const { registry } = await loadConnectors([join(import.meta.dirname, '..')]);
  const connector = await registry.open('microsoft-sds');
  const sink = await connector.openSink?.({ files: { folder: 'target' }, relationships }, context);
  if (sink?.mode !== 'full') throw new Error('a snapshot sink');
  return sink;
}

/** The files of a set that is whole: a reader goes by the marker. */
async function readSet(folder: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(join(folder, 'target'));
  if (!names.includes('sds.done')) return new Map();
  const files = names.filter((name) => name.endsWith('.csv')).sort();
  const texts = files.map(async (name): Promise<[string, string]> => {
    return [name, await readFile(join(folder, 'target', name), 'utf8')];
  });
  return new Map(await Promise.all(texts));
}

describeSnapshotSink('microsoft-sds', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-sds-'));
  return {
    sink: await open(folder),
    objectKind: 'orgs',
    object: (key) => ({ sourcedId: key, name: key, type: 'school' }),
    visible: () => readSet(folder),
    leftovers: () => readdir(join(folder, 'scratch')),
    close: () => rm(folder, { recursive: true }),
  };
});

describe('School Data Sync CSV V2.1', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-sds-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function deliver(
    objects: Readonly<Record<string, readonly JsonObject[]>>,
    relationships = false,
  ) {
    const sink = await open(folder, relationships);
    const writer = await sink.begin(new AbortController().signal);
    for (const [kind, some] of Object.entries(objects)) await writer.write(kind, some);
    await writer.commit();
    await sink.close();
    return readSet(folder);
  }

  it('has every file of the set, with its header as Microsoft writes it, even if it is empty', async () => {
    const files = await deliver({});
    assert.deepEqual(
      [...files],
      [
        ['classes.csv', 'sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId,code\r\n'],
        ['enrollments.csv', 'classSourcedId,userSourcedId,role\r\n'],
        ['orgs.csv', 'sourcedId,name,type,parentSourcedId\r\n'],
        [
          'roles.csv',
          'userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate\r\n',
        ],
        [
          'users.csv',
          'sourcedId,username,givenName,familyName,activeDirectoryMatchId,email,phone,sms,userNumber\r\n',
        ],
      ],
    );
  });

  it('has guardians among the users and in a file of their own, where the option says so', async () => {
    const row = {
      userSourcedId: 'p',
      relationshipUserSourcedId: 'g',
      relationshipRole: 'guardian',
    };
    const contact = { sourcedId: 'g', username: 'g@post.example', email: 'g@post.example' };
    const files = await deliver({ contacts: [contact], relationships: [row] }, true);
    assert.equal(files.get('relationships.csv')?.split('\r\n')[1], 'p,g,guardian');
    assert.equal(files.get('users.csv')?.split('\r\n')[1], 'g,g@post.example,,,,g@post.example,,,');
  });

  it('tells a role once, however many posts give it', async () => {
    const role = { userSourcedId: 't', orgSourcedId: 'o', role: 'teacher' };
    const other = { ...role, roleStartDate: '2026-08-18' };
    const files = await deliver({ roles: [role, other, role], orgs: [] });
    assert.equal(files.get('roles.csv')?.trim().split('\r\n').length, 3);
  });

  it('quotes what needs it, joins lists in one cell, and has no line break in a value', async () => {
    const files = await deliver({
      classes: [
        { sourcedId: 'c', orgSourcedId: 'o', title: 'Sv, "A"\nB', sessionSourcedIds: ['s1', 's2'] },
      ],
    });
    assert.equal(files.get('classes.csv')?.split('\r\n')[1], 'c,o,"Sv, ""A"" B","s1,s2",,');
  });

  it('is UTF-8 without a byte order mark', async () => {
    await deliver({ orgs: [{ sourcedId: 'o', name: 'Ängens förskola', type: 'school' }] });
    const bytes = await readFile(join(folder, 'target', 'orgs.csv'));
    assert.notEqual(bytes[0], 0xef);
    assert.ok(bytes.includes(Buffer.from('Ängens förskola', 'utf8')));
  });

  it('writes what a spreadsheet would run as a formula as it is: SDS is no spreadsheet', async () => {
    const files = await deliver({ orgs: [{ sourcedId: 'o', name: '=1+1', type: 'school' }] });
    assert.match(files.get('orgs.csv') ?? '', /=1\+1/);
  });

  it('says in its marker how many rows each file has', async () => {
    await deliver({ orgs: [{ sourcedId: 'o', name: 'One', type: 'school' }] });
    const marker = JSON.parse(await readFile(join(folder, 'target', 'sds.done'), 'utf8'));
    assert.deepEqual([marker.rows['orgs.csv'], marker.rows['users.csv']], [1, 0]);
  });

  it('has no marker while the files are being put in place', async () => {
    await deliver({ orgs: [{ sourcedId: 'o', name: 'One', type: 'school' }] });
    const sink = await open(folder);
    const writer = await sink.begin(new AbortController().signal);
    // A folder in the place of the last file: putting the set in place breaks half-way.
    await rm(join(folder, 'target', 'enrollments.csv'));
    await mkdir(join(folder, 'target', 'enrollments.csv', 'full'), { recursive: true });
    await assert.rejects(writer.commit());
    assert.equal((await readSet(folder)).size, 0);
    await sink.close();
  });
});
