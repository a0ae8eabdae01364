import assert from 'node:assert/strict';
import { openTemporaryStore } from '../../../test/contract/temporary-store.ts';
import { TransientFailure } from '../../failure/failure.ts';
import type { Leasing } from '../../run/leases/holder.ts';
import type { Store } from '../../store/store.ts';
import type { DriftRequest } from '../requests.ts';
import { DRIFT, driftOf, keeping } from './inspection.ts';

const DAY_MS = 86_400_000;
const REF = { target: 'lms:oak', objectKind: 'user', key: 'p1' } as const;
const ROW = {
  ref: { ...REF, origin: { kind: 'person', id: 'e1' } },
  ...{ unit: 'oak', hash: 'h', object: {}, remoteId: null, references: {} },
  ...{ run: 'r', confirmedAt: 1, suspendedSince: null },
};
const REPORT = {
  ...{ flow: 'lms', target: REF.target, canBeAsked: true, looked: 2, repaired: 0, foreign: 0 },
  drifts: [
    { objectKind: REF.objectKind, kind: 'changed', key: 'p1', fields: ['name'] },
    { objectKind: REF.objectKind, kind: 'missing', key: 'p2', fields: [] },
  ],
  unread: [],
} as const;

describe('a look into a target', () => {
  let store: Store;
  let close: () => Promise<void>;
  let now: number;
  let here: Leasing;
  let there: Leasing;
  beforeEach(async () => {
    ({ store, close } = await openTemporaryStore());
    now = DAY_MS;
    here = { store, owner: 'here/1/a', now: () => now };
    there = { store, owner: 'there/2/b', now: () => now };
  });
  afterEach(() => close());

  const { signal } = new AbortController();
  const request: DriftRequest = { flow: 'lms', repair: false, who: 'kim', signal };
  const step = { step: 'compare lms user', done: 500, total: 900, ended: false };

  it('shows in any process how far it is, and what was found before until it has ended', async () => {
    await store.ledger.write([ROW], []);
    await keeping(DRIFT, here, request, false, async () => REPORT);
    now += 1000;
    await keeping(DRIFT, here, request, false, async ({ onProgress }) => {
      onProgress?.(step);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const seen = await driftOf(there, 'lms');
      assert.deepEqual([seen?.state, seen?.step, seen?.found?.at], ['running', step, DAY_MS]);
      return { ...REPORT, looked: 7 };
    });
    const ended = await driftOf(there, 'lms');
    assert.deepEqual([ended?.state, ended?.step, ended?.found?.report.looked], ['ended', null, 7]);
    assert.deepEqual([ended?.found?.who, ended?.found?.at], ['kim', now]);
  });

  it('shows no key that the ledger has let go since', async () => {
    await store.ledger.write([ROW], []);
    await keeping(DRIFT, here, request, false, async () => REPORT);
    const found = (await driftOf(there, 'lms'))?.found?.report;
    assert.deepEqual([found?.differ, found?.drifts], [2, [REPORT.drifts[0]]]);
    await store.ledger.write([], [ROW.ref]);
    assert.deepEqual((await driftOf(there, 'lms'))?.found?.report.drifts, []);
  });

  it('shows what has returned as long as nobody has noted it, to go once more', async () => {
    const kinds = { objectKind: REF.objectKind, kind: 'returned', fields: [] } as const;
    const report = { ...REPORT, drifts: [{ ...kinds, key: 'p3', deleted: { run: 'r', at: 1 } }] };
    await keeping(DRIFT, here, request, false, async () => report);
    assert.deepEqual((await driftOf(there, 'lms'))?.found?.report.drifts, report.drifts);
    await keeping(DRIFT, here, request, true, async () => report);
    assert.deepEqual((await driftOf(there, 'lms'))?.found?.report.drifts, []);
  });

  it('is made by one at a time, and says why it broke off beside what was found before', async () => {
    await keeping(DRIFT, here, request, false, async () => REPORT);
    const refusal = new TransientFailure('TIMEOUT', 'it does not answer');
    const broken = keeping(DRIFT, here, request, false, async () => {
      await assert.rejects(
        keeping(DRIFT, there, request, false, async () => REPORT),
        { code: 'BUSY' },
      );
      throw refusal;
    });
    await assert.rejects(broken, refusal);
    const last = await driftOf(there, 'lms');
    assert.deepEqual([last?.state, last?.problem?.code], ['broken', 'TIMEOUT']);
    assert.equal(last?.found?.at, DAY_MS);
  });

  it('is not under way any more where its process is gone', async () => {
    await keeping(DRIFT, here, request, false, async ({ onProgress }) => {
      onProgress?.(step);
      await new Promise((resolve) => setTimeout(resolve, 20));
      now += DAY_MS;
      const seen = await driftOf(there, 'lms');
      assert.deepEqual([seen?.state, seen?.step, seen?.problem], ['broken', null, null]);
      return null;
    });
  });
});
