import assert from 'node:assert/strict';
import type { UnitImpact } from '../core/control/control-bus.ts';
import { affectedBy } from './affected.ts';

describe('whom failures concern', () => {
  const impact = (more: Partial<UnitImpact>): UnitImpact => ({
    ...{ target: 'lms:itslearning', type: 'deliver', state: 'failed', code: 'TIMEOUT' },
    ...{ objectKind: 'person', unit: 'u1', name: 'Oak', originKind: 'person' },
    ...{ consequence: 'missing', count: 1, ...more },
  });
  const told = (impacts: readonly UnitImpact[]) =>
    affectedBy(impacts).map(({ unit, consequence, count }) => `${unit} ${consequence} ${count}`);

  it('adds up what has failed for several reasons', () => {
    const found = told([impact({ count: 3 }), impact({ count: 2, code: 'KEY_TAKEN' })]);
    assert.deepEqual(found, ['u1 missing 5']);
  });

  it('adds up the records of all streams of a source', () => {
    const record = { target: 'register', objectKind: 'person', originKind: '' };
    const found = told([
      impact({ ...record, count: 3 }),
      impact({ ...record, objectKind: 'duty' }),
    ]);
    assert.deepEqual(found, ['u1 missing 4']);
  });

  it('counts whoever waits for several objects once, and keeps schools and consequences apart', () => {
    const found = told([
      impact({ count: 3 }),
      impact({ count: 4, objectKind: 'membership' }),
      impact({ count: 9, unit: 'u2' }),
      impact({ count: 1, consequence: 'remains' }),
    ]);
    assert.deepEqual(found, ['u2 missing 9', 'u1 missing 4', 'u1 remains 1']);
  });
});
