import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import {
  createJsonService,
  Failure,
  type HttpClient,
  type HttpRequest,
  type Json,
  type JsonObject,
  type RecordBatch,
} from '../../core/plugin.ts';
import { testContext } from '../../test/contract/testing.ts';
import { connector } from './connector.ts';
import { readDeletions } from './deletions.ts';
import { type Ss12000Simulator, startSs12000 } from './simulator.ts';
import { PAGES } from './source.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SIGNAL = new AbortController().signal;

describe('what a provider of SS 12000 is asked for', () => {
  let simulator: Ss12000Simulator;
  let now: number;

  beforeEach(async () => {
    now = Date.parse('2026-09-01T03:00:00Z');
    simulator = await startSs12000(() => now);
    for (const id of ['p1', 'p2', 'p3', 'p4', 'p5']) put(id);
    now += HOUR;
  });
  afterEach(() => simulator.stop());

  const put = (id: string) =>
    simulator.provider.put('persons', id, { givenName: 'Kim', familyName: 'Ek' });

  async function read(since: Json = null, changes: JsonObject = {}) {
    const options = {
      ...{ url: simulator.url, token: 'right', requestsPerSecond: 1000, timeoutMs: 2000 },
      ...{ pageSize: 2, overlapMinutes: 10, wholeAfterHours: 20, without: [], ...changes },
    };
    const context = { ...testContext(tmpdir()), now: () => now };
    const source = await connector.openSource?.(options, context);
    assert.ok(source !== undefined);
    const batches: RecordBatch[] = [];
    for await (const batch of source.read(since, SIGNAL)) batches.push(batch);
    await source.close();
    return summaryOf(batches);
  }

  it('everything at first, page by page', async () => {
    const { modes, records } = await read();
    assert.deepEqual(modes, ['full']);
    assert.deepEqual(records, ['+p1', '+p2', '+p3', '+p4', '+p5']);
  });

  it('afterwards what has changed and what was deleted', async () => {
    const { checkpoint } = await read();
    now += HOUR;
    put('p2');
    put('p6');
    simulator.provider.remove('persons', 'p3');
    const { modes, records } = await read(checkpoint);
    assert.deepEqual(modes, ['delta']);
    assert.deepEqual(records, ['+p2', '+p6', '-p3']);
  });

  it('afterwards nothing of a deletion where the same id has been made anew', async () => {
    const { checkpoint } = await read();
    now += HOUR;
    simulator.provider.remove('persons', 'p3');
    now += MINUTE;
    put('p3');
    now += MINUTE;
    const { modes, records } = await read(checkpoint);
    assert.deepEqual([modes, records], [['delta'], ['+p3']]);
  });

  it('with an overlap, since a change may appear late', async () => {
    now += HOUR;
    put('p2');
    const checkpoint = { readAt: now + 9 * MINUTE, wholeAt: now };
    now += 2 * HOUR;
    assert.deepEqual((await read(checkpoint)).records, ['+p2']);
    assert.deepEqual((await read(checkpoint, { overlapMinutes: 0 })).records, []);
  });

  it('everything again after a day: what was forgotten without a word is missing then', async () => {
    const { checkpoint } = await read();
    simulator.provider.remove('persons', 'p3', true);
    now += HOUR;
    const between = await read(checkpoint);
    assert.deepEqual([between.modes, between.records], [['delta'], []]);
    now += 23 * HOUR;
    const { modes, records } = await read(between.checkpoint);
    assert.deepEqual([modes, records], [['full'], ['+p1', '+p2', '+p4', '+p5']]);
  });

  it('and not for what it does not offer', async () => {
    simulator.provider.put('activities', 'a1', { displayName: 'Matematik' });
    const { records } = await read(null, { without: ['activity'] });
    assert.ok(!records.includes('+a1'));
    assert.ok((await read()).records.includes('+a1'));
  });

  it('a list whose pages shift while it is read is not believed', async () => {
    simulator.show('page-twice');
    await assert.rejects(read(), (error) => {
      assert.ok(error instanceof Failure);
      assert.equal(error.code, 'TARGET_ANSWER_UNREADABLE');
      assert.equal(error.recovery, 'retry');
      return true;
    });
  });

  it('an entity without an id is set aside, and the others are read', async () => {
    simulator.provider.put('persons', 'p6', { id: 17, givenName: 'Kim', familyName: 'Ek' });
    const { records, faults } = await read();
    assert.deepEqual(records, ['+p1', '+p2', '+p3', '+p4', '+p5']);
    assert.deepEqual(faults, ['RECORD_INVALID: persons, line 6, id']);
  });
});

describe('what a provider of SS 12000 says of deletions', () => {
  const clientOf = (answers: Readonly<Record<string, Json>>) => {
    const headers = new Headers({ 'content-type': 'application/json' });
    const send = async ({ path }: HttpRequest) => {
      const body = answers[path.split('?')[1] ?? ''];
      return { status: body === undefined ? 404 : 200, headers, text: JSON.stringify(body) };
    };
    // SAFETY: nothing else of a client is asked.
    return { send } as HttpClient;
  };
  const read = (answers: Readonly<Record<string, Json>>) =>
    readDeletions(createJsonService(clientOf(answers)), 'x', PAGES, SIGNAL);
  const one = { persons: ['p1'] };

  it('is read to its last page; who offers no such list tells of none', async () => {
    const { length } = (await read({})).get('person') ?? [];
    assert.equal(length, 0);
    const first = { data: one, pageToken: 'b' };
    const both = await read({ 'after=x': first, 'pageToken=b': { data: { persons: ['p2'] } } });
    assert.deepEqual(both.get('person'), ['p1', 'p2']);
  });

  it('is not believed by halves, in a circle, or where it holds no list', async () => {
    const unreadable = { code: 'TARGET_ANSWER_UNREADABLE', recovery: 'retry' };
    const first = { data: one, pageToken: 'b' };
    await assert.rejects(read({ 'after=x': first }), unreadable);
    await assert.rejects(read({ 'after=x': first, 'pageToken=b': first }), unreadable);
    await assert.rejects(read({ 'after=x': { code: 500, message: 'later' } }), unreadable);
  });
});

function summaryOf(batches: readonly RecordBatch[]) {
  const records = batches.flatMap((batch) =>
    batch.records.map(
      ({ operation, value }) => `${operation === 'delete' ? '-' : '+'}${value['id']}`,
    ),
  );
  const modes = [...new Set(batches.map(({ mode }) => mode))];
  const faults = batches.flatMap((batch) =>
    batch.faults.map(
      ({ failure: { code, place } }) =>
        `${code}: ${place?.file}, line ${place?.line}, ${place?.field}`,
    ),
  );
  return { modes, records, faults, checkpoint: batches.at(-1)?.checkpoint ?? null };
}
