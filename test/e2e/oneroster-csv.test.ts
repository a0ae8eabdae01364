import assert from 'node:assert/strict';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Papa from 'papaparse';
import { World } from './world.ts';

type Row = Readonly<Record<string, string>>;

const FILES = [
  ...['academicSessions', 'orgs', 'courses', 'classes', 'users', 'roles', 'enrollments'],
  'manifest',
];

describe('a learning platform that takes OneRoster files', () => {
  let world: World;
  let tables: Readonly<Record<string, readonly Row[]>>;

  const rows = (name: string) => tables[name] ?? [];
  const ids = (name: string) => new Set(rows(name).map((row) => row['sourcedId']));

  before(async () => {
    world = await World.open();
    await mkdir(join(world.folder, 'data/lms'));
    await world.night(1);
    const line = '  lms: { connector: oneroster-csv, options: { files: { folder: data/lms } } }';
    await world.reconfigure(await world.binding('lms'), line);
    const report = await world.sync('lms');
    assert.deepEqual(
      report.flows.map(({ outcome }) => outcome),
      ['done'],
    );
    const read = async (name: string): Promise<[string, readonly Row[]]> => {
      const text = await readFile(join(world.folder, 'data/lms', `${name}.csv`), 'utf8');
      return [name, Papa.parse<Row>(text, { header: true, skipEmptyLines: true }).data];
    };
    tables = Object.fromEntries(await Promise.all(FILES.map(read)));
  });
  after(() => world.close());

  it('is bound by one line in the place of another, and gets every file that the manifest names', async () => {
    const named = rows('manifest').filter((row) => row['value'] === 'bulk');
    const files = named.map((row) => `${row['propertyName']?.replace('file.', '')}.csv`);
    const there = await readdir(join(world.folder, 'data/lms'));
    assert.deepEqual([...files, 'manifest.csv', 'oneroster.done'].sort(), there.sort());
    assert.equal(rows('manifest').length, 2 + 21 + 2);
  });

  it('is told of nothing that refers to what is not in the set', () => {
    for (const [file, column, to] of [
      ['courses', 'orgSourcedId', 'orgs'],
      ['classes', 'courseSourcedId', 'courses'],
      ['classes', 'schoolSourcedId', 'orgs'],
      ['classes', 'termSourcedIds', 'academicSessions'],
      ['roles', 'userSourcedId', 'users'],
      ['roles', 'orgSourcedId', 'orgs'],
      ['enrollments', 'classSourcedId', 'classes'],
      ['enrollments', 'userSourcedId', 'users'],
    ] as const) {
      const known = ids(to);
      assert.ok(known.size > 0, to);
      assert.ok(
        rows(file).every((row) => known.has(row[column])),
        `${file}.${column}`,
      );
    }
  });

  it('knows every class’s pupils and teachers, and each of them by a role at a school', () => {
    const inClass = (role: string) =>
      new Set(
        rows('enrollments')
          .filter((row) => row['role'] === role)
          .map((row) => row['classSourcedId']),
      );
    assert.deepEqual(inClass('student'), ids('classes'));
    assert.deepEqual(inClass('teacher'), ids('classes'));
    const named = new Set(rows('roles').map((row) => row['userSourcedId']));
    assert.ok(rows('enrollments').every((row) => named.has(row['userSourcedId'])));
  });

  it('has no id twice in a file, and in bulk no status and no date', () => {
    for (const file of FILES.slice(0, -1)) {
      assert.equal(ids(file).size, rows(file).length, file);
      const said = rows(file).filter(
        (row) => row['status'] !== '' || row['dateLastModified'] !== '',
      );
      assert.deepEqual(said, [], file);
    }
  });

  it('gets the same set again when nothing has changed', async () => {
    const [plan] = await world.plan('lms');
    assert.deepEqual(plan?.counts, { create: 0, update: 0, delete: 0 });
  });
});
