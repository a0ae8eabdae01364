import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import type { JsonObject, RecordBatch, Source } from '../../core/plugin.ts';
import { describeSource, streamSchemas, testContext } from '../../test/contract/testing.ts';
import { connector } from './connector.ts';
import { type ItslearningSimulator, startItslearning } from './simulator.ts';

const LOGIN = { user: 'hub', password: 'right' };
const NEVER = new AbortController().signal;

async function open({ url }: ItslearningSimulator): Promise<Source> {
  const limits = { requestsPerSecond: 10_000, timeoutMs: 2000, removeSchools: false };
  const source = await connector.openSource?.({ url, ...LOGIN, ...limits }, testContext(tmpdir()));
  if (source === undefined) throw new Error('the connector has a source');
  return source;
}

/** A course with one item, in which so many pupils were assessed. */
function fill({ site }: ItslearningSimulator, course: string, pupils: number): void {
  const items = [
    { GradebookItemId: 17, Title: 'Bråk', Description: 'sid. 7', Deadline: '2026-08-31T10:00:00' },
  ];
  const assessments = Array.from({ length: pupils }, (_, at) => ({
    ...{ GradebookItemId: 17, PersonSyncKey: `p${at}`, Score: 3, Assessment: '' },
    ...{ AssessedDate: '2026-09-01T08:00:00', Comments: 'has been ill' },
  }));
  site.gradebooks.set(course, { items, assessments });
}

describeSource('itslearning', async () => {
  const lms = await startItslearning(LOGIN);
  fill(lms, 'c1', 3);
  return {
    schemas: await streamSchemas(import.meta.dirname),
    open: () => open(lms),
    damage: async () => lms.failNext({ kind: 'html' }),
    damaged: 'retry' as const,
    enlarge: async (records: number) => fill(lms, 'c1', records),
    close: () => lms.stop(),
  };
});

describe('the gradebooks of itslearning', () => {
  let lms: ItslearningSimulator;

  beforeEach(async () => {
    lms = await startItslearning(LOGIN);
  });
  afterEach(() => lms.stop());

  const read = async (): Promise<readonly RecordBatch[]> =>
    Array.fromAsync((await open(lms)).read(null, NEVER));
  const valuesOf = (batches: readonly RecordBatch[], stream: string): readonly JsonObject[] =>
    batches.flatMap((one) => (one.stream === stream ? one.records.map(({ value }) => value) : []));

  it('give what pupils have reached, by the ids that we gave, and nothing that teachers write', async () => {
    fill(lms, 'c1', 1);
    const batches = await read();
    assert.deepEqual(valuesOf(batches, 'gradebook-item'), [
      {
        ...{ id: '17', GradebookItemId: '17', CourseSyncKey: 'c1', Title: 'Bråk' },
        Deadline: '2026-08-31T10:00:00',
      },
    ]);
    assert.deepEqual(valuesOf(batches, 'assessment'), [
      {
        ...{ id: '17|p0', GradebookItemId: '17', CourseSyncKey: 'c1', PersonSyncKey: 'p0' },
        ...{ Score: '3', AssessedDate: '2026-09-01T08:00:00' },
      },
    ]);
  });

  it('are asked for course by course, and one in which nothing is assessed is asked once', async () => {
    fill(lms, 'c1', 250);
    lms.site.groups.set('c2', { title: '7A', type: 'Course', parent: null });
    assert.equal(valuesOf(await read(), 'assessment').length, 250);
    // The courses, the items of each, and three pages of assessments.
    assert.equal(lms.calls(), 1 + 2 + 3);
  });

  it('say nothing of whom somebody has made there by hand', async () => {
    const items = [{ GradebookItemId: 17, Title: 'Bråk' }];
    const assessments = [
      { GradebookItemId: 17, PersonId: 4711, Score: 3 },
      { PersonSyncKey: 'p1', Score: 3 },
    ];
    lms.site.gradebooks.set('c1', { items, assessments });
    const batches = await read();
    assert.deepEqual(valuesOf(batches, 'assessment'), []);
    const aside = batches.flatMap(({ faults }) => faults.map(({ failure }) => failure.place));
    assert.deepEqual(aside, [{ file: 'assessment', line: 1, field: 'id' }], 'of an unnamed item');
  });

  it('are read on where one course says no: it is set aside, so that nothing of it is called gone', async () => {
    for (const course of ['c1', 'c2'])
      lms.site.gradebooks.set(course, { items: [], assessments: [] });
    fill(lms, 'c3', 1);
    lms.site.shut.add('c2');
    const batches = await read();
    assert.equal(valuesOf(batches, 'assessment').length, 1);
    const aside = batches.flatMap(({ stream, faults }) =>
      faults.map(({ failure, ...more }) => [stream, failure.code, failure.place?.line, more]),
    );
    assert.deepEqual(aside, [
      ['gradebook-item', 'RECORD_INVALID', 2, {}],
      ['assessment', 'RECORD_INVALID', 2, {}],
    ]);
  });

  it('are not read at all where every course says no, or the service is broken in the middle', async () => {
    for (const course of ['c1', 'c2']) {
      fill(lms, course, 1);
      lms.site.shut.add(course);
    }
    await assert.rejects(read(), { code: 'TARGET_BROKEN' });
    lms.site.shut.clear();
    lms.failNext({ kind: 'slow', ms: 0 }, { kind: 'html' });
    await assert.rejects(read(), { code: 'TARGET_ANSWER_UNREADABLE' });
  });

  it('are not believed where pages have shifted while they were read', async () => {
    fill(lms, 'c1', 101);
    const { items = [], assessments = [] } = lms.site.gradebooks.get('c1') ?? {};
    lms.site.gradebooks.set('c1', {
      items,
      assessments: assessments.with(100, assessments[99] ?? {}),
    });
    await assert.rejects(read(), { code: 'TARGET_ANSWER_UNREADABLE' });
  });
});
