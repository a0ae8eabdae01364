import assert from 'node:assert/strict';
import type { FindingKind } from '../core/control/control-bus.ts';
import { inUrgency } from './urgency.ts';

describe('findings', () => {
  it('come with what most needs a person first, and a protected person before all', () => {
    const kinds: readonly FindingKind[] = ['odd', 'failed', 'hold', 'late', 'named', 'shown'];
    const findings = kinds.map((kind) => ({ kind, id: kind, ...WHAT }));
    assert.deepEqual(
      inUrgency(findings).map(({ kind }) => kind),
      ['shown', 'named', 'late', 'hold', 'failed', 'odd'],
    );
    const two = ['few', 'many'].map((id) => ({ kind: 'failed', id, ...WHAT }) as const);
    const sorted = inUrgency(two, ({ id }) => (id === 'many' ? 9 : 1));
    assert.deepEqual(
      sorted.map(({ id }) => id),
      ['many', 'few'],
    );
  });
});

const WHAT = { code: 'X', subject: '', text: '', hint: '' };
