import assert from 'node:assert/strict';
import type { Operation, Outcome } from '../../connector/sink.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import { goneIn } from './gone-there.ts';

const ID = 'a1000000-0000-4000-8000-000000000001';
const KNOWN = { action: 'update', previous: {}, remoteId: ID, formerKey: null };

describe('what a batch meets of a target that was restored', () => {
  const gone = (own: Partial<Operation>, outcome: Outcome) => {
    const told = { objectKind: 'User', key: 'k', ...KNOWN, ...own };
    // SAFETY: of an operation nothing else is looked at.
    return goneIn([{ operation: told as unknown as Operation }], [outcome]);
  };

  it("is what has another id after it was changed, or is another by its connector's word", () => {
    assert.deepEqual(gone({}, { kind: 'done', remoteId: 'b2' }), ['User/k']);
    assert.deepEqual(gone({}, { kind: 'already', remoteId: 'b2' }), ['User/k']);
    assert.deepEqual(gone({}, { kind: 'done', isAnother: true }), ['User/k']);
    const failure = new RefusedFailure('NOT_TAKEN', '');
    const part: Outcome = { kind: 'failed', failure, notTaken: { fields: [], remoteId: 'b2' } };
    assert.deepEqual(gone({}, part), ['User/k']);
  });

  it('is nothing that is new, goes by another key, is deleted, failed, or is as it was', () => {
    const other: Outcome = { kind: 'done', remoteId: 'b2' };
    for (const own of [
      { previous: null },
      { remoteId: null },
      { formerKey: 'j' },
      { action: 'delete' as const },
    ]) {
      assert.deepEqual(gone(own, other), []);
    }
    for (const outcome of [
      { kind: 'done' },
      { kind: 'done', remoteId: ID.toUpperCase() },
      { kind: 'failed', failure: new RefusedFailure('TARGET_REFUSED', '') },
    ] satisfies readonly Outcome[]) {
      assert.deepEqual(gone({}, outcome), []);
    }
  });
});
