import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import type { Json, RecordBatch } from '../../core/plugin.ts';
import { describeConnector, testContext } from '../../test/contract/testing.ts';
import { connector } from './connector.ts';
import { type ReportingSystem, startReports } from './simulator.ts';

describeConnector(import.meta.dirname, startReports);

const DAY_MS = 86_400_000;

describe('what schools report by SS 12000', () => {
  const signal = new AbortController().signal;
  let now = Date.parse('2026-09-01T03:00:00Z');
  let system: ReportingSystem;

  beforeEach(async () => {
    system = await startReports(() => now);
    for (const id of ['a1', 'a2', 'a3']) attendance(id);
    system.reports.put('calendarEvents', { id: 'e1', activity: { id: 'x' } });
    system.reports.put('grades', { id: 'g1' });
    now += 3_600_000;
  });
  afterEach(() => system.stop());

  const attendance = (id: string) =>
    system.reports.put('attendances', { id, calendarEvent: { id: 'e1' }, student: { id: 'p1' } });

  async function read(since: Json, lists = ['calendarEvents', 'attendances'], keepDays?: number) {
    const limits = { requestsPerSecond: 1000, timeoutMs: 2000, pageSize: 2, overlapMinutes: 10 };
    const kept = keepDays === undefined ? {} : { keepDays };
    const options = { url: system.url, token: 'right', lists, ...limits, ...kept };
    const source = await connector.openSource?.(options, {
      ...testContext(tmpdir()),
      now: () => now,
    });
    assert.ok(source !== undefined);
    const batches: RecordBatch[] = [];
    for await (const batch of source.read(since, signal)) batches.push(batch);
    const records = batches.flatMap((batch) =>
      batch.records.map(({ operation, value }) => `${operation} ${value['id']}`),
    );
    return { records, checkpoint: batches.at(-1)?.checkpoint ?? null };
  }

  it('is read as a whole at first, page by page, and afterwards as it changes and goes', async () => {
    const { records, checkpoint } = await read(null);
    assert.deepEqual(records, ['upsert e1', 'upsert a1', 'upsert a2', 'upsert a3']);
    now += 3_600_000;
    attendance('a2');
    system.reports.remove('attendances', 'a3');
    assert.deepEqual((await read(checkpoint)).records, ['delete a3', 'upsert a2']);
  });

  it('is gone so many days after it was last changed, each once, and a lesson after it began', async () => {
    const begins = (id: string, startTime: string) =>
      system.reports.put('calendarEvents', { id, startTime, activity: { id: 'x' } });
    begins('e1', new Date(now).toISOString());
    begins('e2', new Date(now + 80 * DAY_MS).toISOString());
    now += 3_600_000;
    const keep = (since: Json, days?: number) => read(since, undefined, days);
    const first = await keep(null, 40);
    assert.deepEqual(first.records.length, 5);
    now += 30 * DAY_MS;
    attendance('a2');
    now += 3_600_000;
    const second = await keep(first.checkpoint, 40);
    assert.deepEqual(second.records, ['upsert a2']);
    now += 20 * DAY_MS;
    const third = await keep(second.checkpoint, 40);
    assert.deepEqual(third.records, ['delete e1', 'delete a1', 'delete a3']);
    now += DAY_MS;
    const fourth = await keep(third.checkpoint, 40);
    assert.deepEqual(fourth.records, [], 'once');
    now += 20 * DAY_MS;
    assert.deepEqual((await keep(fourth.checkpoint, 40)).records, ['delete a2']);
    assert.deepEqual((await keep(null, 40)).records, ['upsert e2'], 'nothing older is taken in');
    // Who says it later forgets all that is older.
    const late = await keep({ readAt: now }, 40);
    assert.deepEqual(late.records.sort(), ['delete a1', 'delete a2', 'delete a3', 'delete e1']);
  });

  it('is asked for where the binding names it alone', async () => {
    assert.deepEqual((await read(null, ['grades'])).records, ['upsert g1']);
  });
});
