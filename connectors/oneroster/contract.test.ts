import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import type { JsonObject, Source } from '../../core/plugin.ts';
import { describeSource, streamSchemas, testContext } from '../../test/contract/testing.ts';
import { connector } from './connector.ts';
import { type OneRosterSimulator, startOneRoster } from './simulator.ts';

const NOW = Date.parse('2026-09-01T03:00:00Z');
const YEAR = {
  ...{ sourcedId: 'y', type: 'schoolYear', title: '2026/27', schoolYear: '2027' },
  ...{ startDate: '2026-07-01', endDate: '2027-07-01' },
};
const AT_SCHOOL = { sourcedId: 'u1', type: 'org' };

const ALL = ['orgs', 'users', 'classes', 'enrollments', 'lineItems', 'results'];

async function open({ url }: OneRosterSimulator, lists = ALL): Promise<Source> {
  const limits = { requestsPerSecond: 1000, timeoutMs: 2000, pageSize: 1000 };
  const options = { url, token: 'right', lists, ...limits };
  const context = { ...testContext(tmpdir()), now: () => NOW };
  const source = await connector.openSource?.(options, context);
  if (source === undefined) throw new Error('the connector has a source');
  return source;
}

function fill({ lists }: OneRosterSimulator, persons: number): void {
  const users = Array.from({ length: persons }, (_, at) => ({
    ...{ sourcedId: `p${at}`, status: 'active', givenName: 'Kim', familyName: 'Ek' },
    roles: [{ roleType: 'primary', role: 'student', org: AT_SCHOOL }],
  }));
  lists.set('academicSessions', [YEAR]);
  lists.set('orgs', [{ sourcedId: 'u1', name: 'Testskolan', type: 'school' }]);
  lists.set('users', users);
}

describeSource('oneroster', async () => {
  const simulator = await startOneRoster();
  fill(simulator, 3);
  return {
    schemas: await streamSchemas(import.meta.dirname),
    open: () => open(simulator),
    damage: async () => simulator.show('web-page'),
    damaged: 'retry' as const,
    enlarge: async (records: number) => fill(simulator, records),
    close: () => simulator.stop(),
  };
});

describe('a provider of OneRoster', () => {
  let simulator: OneRosterSimulator;

  beforeEach(async () => {
    simulator = await startOneRoster();
    fill(simulator, 0);
  });
  afterEach(() => simulator.stop());

  /** The one record of a stream, from an object that the provider holds. */
  async function read(list: string, object: JsonObject): Promise<JsonObject> {
    simulator.lists.set(list, [object]);
    const found: JsonObject[] = [];
    const source = await open(simulator);
    for await (const batch of source.read(null, new AbortController().signal)) {
      for (const { value, file } of batch.records) if (file === list) found.push(value);
    }
    const [value] = found;
    assert.ok(value !== undefined);
    return value;
  }

  it('of 1.1 tells one role and its organisations: they are roles as 1.2 has them', async () => {
    const user = { sourcedId: 'p1', role: 'student', orgs: [AT_SCHOOL], middleName: null };
    const { roles, middleName } = await read('users', user);
    assert.deepEqual(roles, [{ beginDate: '2026-07-01', role: 'student', org: AT_SCHOOL }]);
    assert.equal(middleName, undefined);
  });

  it('tells a role’s own first day, which counts', async () => {
    const role = { role: 'student', org: AT_SCHOOL, beginDate: '2026-08-18', endDate: null };
    const { roles } = await read('users', { sourcedId: 'p1', roles: [role] });
    assert.deepEqual(roles, [{ beginDate: '2026-08-18', role: 'student', org: AT_SCHOOL }]);
  });

  it('gives a role its last day, and between two school years the first day of the one before', async () => {
    const role = { role: 'teacher', org: AT_SCHOOL };
    const told = [
      { ...role, endDate: '2026-12-01' },
      { ...role, endDate: 'soon' },
    ];
    const year = { ...YEAR, startDate: '2025-08-18', endDate: '2026-06-12' };
    const next = { ...YEAR, sourcedId: 'z', startDate: '2026-09-02', endDate: '2027-06-12' };
    simulator.lists.set('academicSessions', [year, next]);
    const { roles } = await read('users', { sourcedId: 't1', roles: told });
    const beginDate = '2025-08-18';
    assert.deepEqual(roles, [
      { beginDate, ...role, endDate: '2026-11-30' },
      { beginDate, ...role, endDate: 'soon' },
    ]);
  });

  it('gives a class the days of its sessions, and an enrolment its last day', async () => {
    const { startDate, endDate, schoolYear } = await read('classes', {
      ...{ sourcedId: 'c', terms: [YEAR] },
    });
    assert.deepEqual([startDate, endDate, schoolYear], ['2026-07-01', '2027-06-30', '2027']);
    const enrollment = await read('enrollments', { sourcedId: 'e', endDate: '2027-03-01' });
    assert.equal(enrollment['endDate'], '2027-02-28');
  });

  it('is asked for its gradebook alone, and nothing that teachers write is taken', async () => {
    const by = { lineItem: { sourcedId: 'l1' }, student: { sourcedId: 'p1' } };
    const score = { scoreStatus: 'fully graded', score: 17, scoreDate: '2026-08-31' };
    simulator.lists.set('results', [{ sourcedId: 'r1', ...by, ...score, comment: 'has been ill' }]);
    simulator.lists.set('lineItems', [{ sourcedId: 'l1', title: 'Bråk', description: 'sid. 7' }]);
    const source = await open(simulator, ['lineItems', 'results']);
    const batches = await Array.fromAsync(source.read(null, new AbortController().signal));
    const read = batches.flatMap(({ records }) => records.map(({ value }) => value));
    const expected = [
      { sourcedId: 'l1', title: 'Bråk' },
      { sourcedId: 'r1', ...by, ...score },
    ];
    assert.deepEqual(read, expected);
    assert.deepEqual([...new Set(batches.map(({ stream }) => stream))], ['line-item', 'result']);
  });

  it('gives fewer in a page than it is asked for, and all of them are read', async () => {
    fill(simulator, 700);
    const source = await open(simulator);
    let count = 0;
    for await (const { stream, records } of source.read(null, new AbortController().signal)) {
      if (stream === 'user') count += records.length;
    }
    assert.equal(count, 700);
  });

  it('gives what has gone although it was not asked for: that is not there', async () => {
    fill(simulator, 3);
    const users = simulator.lists.get('users') ?? [];
    const statuses = ['inactive', 'ToBeDeleted', 'active'];
    const mixed = users.map((user, at) => ({ ...user, status: statuses[at] ?? '' }));
    simulator.lists.set('users', mixed);
    const source = await open(simulator);
    const read: unknown[] = [];
    for await (const { stream, records } of source.read(null, new AbortController().signal)) {
      if (stream === 'user') read.push(...records.map(({ value }) => value['sourcedId']));
    }
    assert.deepEqual(read, ['p2']);
  });
});
