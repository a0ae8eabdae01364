import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/hub.ts';
import { pending } from '../pending.ts';
import { World } from './world.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'sds-v1-100-users');
/** Microsoft publishes it; docs/operating.md says where. */
const SAMPLE = process.env['SKOLNAV_SDS_SAMPLE'] ?? '';

describe("Microsoft's sample set of 100 users, by declarations alone", () => {
  let world: World;
  let files: ReadonlyMap<string, readonly (readonly string[])[]>;

  before(async function () {
    const names: readonly string[] = SAMPLE === '' ? [] : await readdir(SAMPLE);
    if (!names.includes('Student.csv')) {
      pending(this, 'no sample set here: set SKOLNAV_SDS_SAMPLE to its folder');
    }
    files = await readSample(names);
    world = await World.open(EXAMPLE);
    Object.assign(world.environment, {
      SKOLNAV_SDS_SAMPLE: SAMPLE,
      LMS_PASSWORD: world.environment['SECRET'],
      IDENTITY_TOKEN: world.environment['SECRET'],
    });
    await world.reconfigure('user: hub', 'user: hub, requestsPerSecond: 1000');
    const report = await world.sync();
    for (const { outcome, counts, subject } of [...report.intakes, ...report.flows]) {
      const problems = ['quarantined', 'invalid', 'parked', 'failed', 'blocked'];
      const withProblems = problems.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
      assert.deepEqual([subject, outcome, withProblems], [subject, 'done', 0]);
    }
  });
  after(() => world?.close());

  const rows = (name: string) => files.get(name) ?? [];

  it('has every user, class and membership in the collaboration platform', async () => {
    const count = async (name: string) =>
      (await world.delivered(name)).trim().split('\r\n').length - 1;
    assert.equal(await count('orgs.csv'), rows('School').length);
    assert.equal(await count('users.csv'), rows('Student').length + rows('Teacher').length);
    assert.equal(await count('classes.csv'), rows('Section').length);
    const enrollments = rows('StudentEnrollment').length + rows('TeacherRoster').length;
    assert.equal(await count('enrollments.csv'), enrollments);
  });

  it('has every user, class and membership in the learning platform', () => {
    const { persons, groups, memberships } = world.lms.site;
    assert.equal(persons.size, rows('Student').length + rows('Teacher').length);
    assert.equal(groups.size, rows('School').length + rows('Section').length);
    const enrollments = rows('StudentEnrollment').length + rows('TeacherRoster').length;
    assert.equal(memberships.size, enrollments);
  });

  it('has every user, class and membership in the identity portal', () => {
    const { directory } = world.identity;
    const users = [...directory.of('Users').values()];
    const names = [...rows('Student'), ...rows('Teacher')].map(([, , , , username]) =>
      `${username}@skola.example`.toLowerCase(),
    );
    assert.deepEqual(users.map(({ userName }) => userName).sort(), names.sort());
    const groups = [...directory.of('Groups').values()];
    assert.equal(groups.length, rows('Section').length);
    const members = groups.flatMap(({ members }) => (Array.isArray(members) ? members : []));
    assert.equal(members.length, rows('StudentEnrollment').length);
  });

  it('keeps the clear-text passwords nowhere', async () => {
    const passwords = new Set(
      [...rows('Student'), ...rows('Teacher')].map(([, , , , , password = '']) => password),
    );
    assert.ok(passwords.size > 0 && !passwords.has(''));
    const found: string[] = [];
    for (const name of await readdir(world.folder, { recursive: true })) {
      const bytes = await readFile(join(world.folder, name)).catch(() => Buffer.alloc(0));
      if ([...passwords].some((password) => bytes.includes(password))) found.push(name);
    }
    const { lms, identity } = await world.picture();
    const pictures = `${lms}${identity}`;
    if ([...passwords].some((password) => pictures.includes(password))) found.push('a target');
    assert.deepEqual(found, []);
  });

  it('finds nothing to do the second time', async () => {
    for (const { counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
  });
});

describe('the workspace of the sample set', () => {
  it('has no faults, and its mappings pass their own tests', async () => {
    const { workspace, lints } = await loadWorkspace(EXAMPLE, BUILT_IN_FOLDER);
    assert.deepEqual(lints, []);
    const results = workspace?.runMappingTests() ?? [];
    assert.ok(results.length > 8);
    assert.deepEqual(
      results.filter(({ passed }) => !passed),
      [],
    );
  });
});

async function readSample(names: readonly string[]) {
  const files = new Map<string, readonly (readonly string[])[]>();
  for (const name of names.filter((one) => one.endsWith('.csv'))) {
    const text = await readFile(join(SAMPLE, name), 'utf8');
    const lines = text.split(/\r?\n/).filter((line) => line !== '');
    files.set(
      name.replace('.csv', ''),
      lines.slice(1).map((line) => line.split(',')),
    );
  }
  return files;
}
