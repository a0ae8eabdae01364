import assert from 'node:assert/strict';
import { Failure } from '../failure/failure.ts';
import { ListedRecords } from './listed-records.ts';

describe('the objects of a list that comes page by page', () => {
  const pages = [
    [
      { id: 'a', name: 'Kim' },
      { id: 17, mark: 'protected' },
    ],
    [{ id: null }, { id: 'b' }],
  ];

  it('are records, numbered through the list; each without an id is set aside by itself', () => {
    const listed = new ListedRecords('persons', 'id');
    const batches = pages.map((page) => {
      listed.checkNew(page);
      return listed.recordsOf(page);
    });
    const records = batches.flatMap((batch) => batch.records);
    assert.deepEqual(
      records.map(({ operation, value, file, line }) => [operation, value['id'], file, line]),
      [
        ['upsert', 'a', 'persons', 1],
        ['upsert', 'b', 'persons', 4],
      ],
    );
    const faults = batches.flatMap((batch) => batch.faults);
    assert.deepEqual(
      faults.map(({ failure }) => [failure.code, failure.place]),
      [2, 3].map((line) => ['RECORD_INVALID', { file: 'persons', line, field: 'id' }]),
    );
    const [first] = faults;
    assert.deepEqual([first?.value, first?.unread], [{ mark: 'protected' }, undefined]);
  });

  it('are believed where two of one page have one id: nothing has shifted', () => {
    const listed = new ListedRecords('persons', 'id');
    const twice = [
      { id: 'a', name: 'Kim' },
      { id: 'a', name: 'Bo' },
    ];
    listed.checkNew(twice);
    assert.equal(listed.recordsOf(twice).records.length, 2);
  });

  it('are not believed where one comes on two pages', () => {
    const listed = new ListedRecords('persons', 'id');
    listed.checkNew([{ id: 'a' }]);
    assert.throws(
      () => listed.checkNew([{ id: 'b' }, { id: 'a' }]),
      (error) => {
        assert.ok(error instanceof Failure);
        return error.code === 'TARGET_ANSWER_UNREADABLE' && error.recovery === 'retry';
      },
    );
  });
});
