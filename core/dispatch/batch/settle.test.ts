import assert from 'node:assert/strict';
import type { NotTaken, Operation } from '../../connector/sink.ts';
import { RefusedFailure } from '../../failure/failure.ts';
import type { Delivery } from '../../flow/compiled.ts';
import type { JsonObject } from '../../message/message.ts';
import type { Operate } from './decide.ts';
import { settlementOf } from './settle.ts';

const DELIVERY = { attempts: 3, firstDelayMs: 1, maxDelayMs: 1 } as unknown as Delivery;
const kind = {
  references: [{ path: ['members', '[]', 'value'], kind: 'User', required: false }],
  suspend: { field: 'active', value: false },
};

describe('what a target took in part', () => {
  /** The ledger's row of it, once the target has shown that these fields are as before. */
  function rowOf(object: JsonObject, fields: readonly string[], own: Partial<Operation> = {}) {
    const operation = { object, previous: null, remoteId: null, references: {}, ...own };
    const message = { target: 't', objectKind: 'Group', origin: {}, run: 'r', attempts: 0 };
    const entry = { key: 'k', unit: '', hash: 'wanted', suspendedSince: null };
    // SAFETY: of a decision nothing else is looked at.
    const decision = { message, entry, operation, without: null } as unknown as Operate;
    const notTaken: NotTaken = { fields, remoteId: 'id' };
    const outcome = {
      kind: 'failed',
      failure: new RefusedFailure('NOT_TAKEN', ''),
      notTaken,
    } as const;
    const { result } = settlementOf(decision, outcome, { delivery: DELIVERY, kind, now: 0 });
    assert.ok(result.kind === 'delivered');
    return result.row;
  }

  it('is not planned again, and is known with the values that stand there', () => {
    const previous = { name: 'Old', phone: '1' };
    const { object, hash } = rowOf({ name: 'New', mail: 'm' }, ['name', 'phone'], { previous });
    assert.deepEqual([object, hash], [{ name: 'Old', mail: 'm', phone: '1' }, 'wanted']);
  });

  it('is planned again where it is who is in it: with the ids of who is, and its own', () => {
    const ids = { 'User/a': '1', 'User/b': '2' };
    const wanted = { name: 'New', members: [{ value: 'a' }, { value: 'b' }] };
    const first = rowOf(wanted, ['members'], { references: ids });
    assert.deepEqual([first.object, first.hash, first.remoteId], [{ name: 'New' }, '', 'id']);
    const previous = { name: 'Old', members: [{ value: 'gone' }] };
    const former = { 'User/gone': '9' };
    const { object, references } = rowOf(wanted, ['members'], {
      ...{ previous, references: ids, formerReferences: former },
    });
    assert.deepEqual([object, references], [{ ...previous, name: 'New' }, former]);
  });

  it('is planned again where it should be shut and is not, and not where it should be open', () => {
    const shut = rowOf({ active: false }, ['active'], { previous: { active: true } });
    assert.deepEqual([shut.object, shut.hash], [{ active: true }, '']);
    assert.equal(rowOf({ active: true }, ['active']).hash, 'wanted');
    assert.equal(rowOf({ active: false }, ['name']).hash, 'wanted');
    assert.equal(rowOf({ active: false }, ['active'], { suspends: true }).hash, '');
  });
});
