import assert from 'node:assert/strict';
import { openTemporaryStore } from '../../../test/contract/temporary-store.ts';
import type { TargetKind } from '../../flow/target.ts';
import type { Message } from '../../message/message.ts';
import type { Store } from '../../store/store.ts';
import { deliveryId } from '../delivery-id.ts';
import { findReferences } from './references.ts';

const TARGET = 'identity:scim';
const ORIGIN = { kind: 'person', id: 'kim' };
const MEMBERSHIP: TargetKind = {
  ...{
    kind: 'Membership',
    schema: {},
    rank: 1,
    rekey: false,
    borrowed: false,
    suspend: null,
    leave: null,
    match: [],
    unique: [],
    mappings: [],
    fields: [],
  },
  references: [{ path: ['user'], kind: 'User', required: true }],
  referredTo: false,
};
const message: Message = {
  ...{ id: deliveryId(TARGET, 'User', 'kim'), type: 'deliver', target: TARGET },
  ...{ objectKind: 'User', origin: ORIGIN, key: 'kim', action: 'create', rank: 0 },
  ...{ state: 'waiting', attempts: 0, inDoubt: false, notBefore: 0, problem: null, run: 'r' },
  ...{ createdAt: 0, updatedAt: 0 },
};

describe('what an object refers to', () => {
  let store: Store;
  let close: () => Promise<void>;

  beforeEach(async () => {
    ({ store, close } = await openTemporaryStore());
    await store.messages.put([message]);
  });
  afterEach(() => close());

  /** Another call's answer: the user is there, and its message is gone. */
  async function deliverUser(): Promise<void> {
    const ref = { target: TARGET, objectKind: 'User', origin: ORIGIN, key: 'kim' };
    const confirmed = { run: 'r', confirmedAt: 1, suspendedSince: null, remoteId: 'id-kim' };
    const row = { ref, unit: '', hash: 'h', object: {}, ...confirmed };
    await store.messages.settle([{ message, result: { kind: 'delivered', row } }]);
  }

  for (const look of ['messages', 'ledger'] as const) {
    it(`is not void where it is settled by another call after the look at the ${look}`, async () => {
      let isFirst = true;
      const settlingAfter = async <T>(found: Promise<T>): Promise<T> => {
        const seen = await found;
        if (isFirst) await deliverUser();
        isFirst = false;
        return seen;
      };
      const { messages, ledger } = store;
      const racing = {
        ...store,
        messages: Object.assign(Object.create(messages), {
          get: (ids: readonly string[]) =>
            look === 'messages' ? settlingAfter(messages.get(ids)) : messages.get(ids),
        }),
        ledger: Object.assign(Object.create(ledger), {
          byKeys: (target: string, kind: string, keys: readonly string[]) => {
            const rows = ledger.byKeys(target, kind, keys);
            return look === 'ledger' ? settlingAfter(rows) : rows;
          },
        }),
      };
      const references = await findReferences(TARGET, MEMBERSHIP, [{ user: 'kim' }], racing);
      assert.notEqual(references.resolve({ user: 'kim' }, false).kind, 'void');
    });
  }
});
