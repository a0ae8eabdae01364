import assert from 'node:assert/strict';
import { openTemporaryStore } from '../../test/contract/temporary-store.ts';
import type { FlowOutline, Outline } from '../flow/known/outline.ts';
import { noteProtectedSince } from '../intake/protection/protected-since.ts';
import type { EntityRef } from '../message/message.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import type { Store } from '../store/store.ts';
import { writeRetracted } from './kept-retracted.ts';
import { notYetTaken } from './not-yet-taken.ts';

const FLOW: Omit<FlowOutline, 'target'> = {
  ...{ name: 'lms', from: ['register'], to: 'lms', schedule: null, deadline: null },
  protectedPersons: 'exclude',
  objectKinds: ['User'],
};
const OUTLINE: Outline = {
  ...{ timeZone: 'Europe/Stockholm', sources: [], supplements: [], unsaid: [], kinds: [] },
  flows: [
    { ...FLOW, target: 'lms:a' },
    { ...FLOW, target: 'lms:b' },
    { ...FLOW, target: 'lms:open', protectedPersons: 'include' },
  ],
};
const [KIM, BO, ANN] = ['kim', 'bo', 'ann'].map((id) => ({ kind: 'person', id }));

describe('protected persons who are still in a target', () => {
  let store: Store;
  let close: () => Promise<void>;

  beforeEach(async () => {
    ({ store, close } = await openTemporaryStore());
  });
  afterEach(() => close());

  const protect = async (...persons: readonly EntityRef[]) => {
    await store.protections.put(
      persons.map((entity) => ({ entity, source: 'register', marks: { mark: 'yes' } })),
    );
  };
  const hold = (target: string, ...origins: readonly EntityRef[]) =>
    store.ledger.write(
      origins.map((origin) => rowFrom(target, origin)),
      [],
    );
  const said = async () =>
    (await notYetTaken(store, OUTLINE)).map(({ kind, subject, text }) => [kind, subject, text]);

  it('are counted for each target, since when the first is protected', async () => {
    assert.ok(KIM && BO && ANN);
    await hold('lms:a', KIM, BO, ANN);
    await hold('lms:b', ANN);
    await hold('lms:open', KIM);
    assert.deepEqual(await said(), []);
    await protect(KIM, BO);
    await noteProtectedSince(store, [BO], Date.parse('2026-09-02T03:00:00+02:00'));
    await noteProtectedSince(store, [KIM, BO], Date.parse('2026-09-03T03:00:00+02:00'));
    const text = 'protected and not yet gone from lms:a: 2, the first since 2026-09-02 03:00:00';
    assert.deepEqual(await said(), [['shown', 'lms:a', text]]);
  });

  it('have no time where an older version has heard that they are protected', async () => {
    assert.ok(KIM && BO);
    await hold('lms:b', KIM, BO);
    await protect(KIM, BO);
    await noteProtectedSince(store, [BO], 1);
    const text = 'protected and not yet gone from lms:b: 2';
    assert.deepEqual(await said(), [['shown', 'lms:b', text]]);
  });

  it('count until it is known that they are gone, and not where that is told of them', async () => {
    assert.ok(KIM && BO);
    await protect(KIM, BO);
    const taken = { objectKind: 'User', key: 'k', remoteId: null, origin: KIM, shownIn: [] };
    const shown = { ...taken, key: 'b', origin: BO, shownIn: ['User'] };
    await hold('lms:a', BO);
    await writeRetracted(store, 'lms:a', [taken, shown]);
    const text = 'protected and not yet gone from lms:a: 1';
    assert.deepEqual(await said(), [['shown', 'lms:a', text]]);
    await writeRetracted(store, 'lms:a', [shown]);
    assert.deepEqual(await said(), []);
  });
});

function rowFrom(target: string, origin: EntityRef): LedgerRow {
  return {
    ref: { target, objectKind: 'User', origin, key: origin.id },
    ...{ unit: '', hash: 'h', object: {}, remoteId: null, run: 'r' },
    ...{ confirmedAt: 0, suspendedSince: null },
  };
}
