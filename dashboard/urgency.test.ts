import assert from 'node:assert/strict';
import { inUrgency } from './urgency.ts';

describe('findings', () => {
  it('come with what most needs a person first, and a protected person before all', () => {
    const ids = ['odd register X', 'failed lms X', 'hold flow lms X', 'late lms 2026', 'other lms'];
    const findings = ids.map((id) => {
      const code = id.startsWith('other') ? 'PROTECTED_SHOWN' : 'X';
      return { id, code, subject: '', text: '', hint: '' };
    });
    const expected = ['other lms', 'late lms 2026', 'hold flow lms X', 'failed lms X'];
    assert.deepEqual(
      inUrgency(findings).map(({ id }) => id),
      [...expected, 'odd register X'],
    );
    const two = ['failed few X', 'failed many X'].map((id) => {
      return { id, code: 'X', subject: '', text: '', hint: '' };
    });
    const sorted = inUrgency(two, ({ id }) => (id === 'failed many X' ? 9 : 1));
    assert.deepEqual(
      sorted.map(({ id }) => id),
      ['failed many X', 'failed few X'],
    );
  });
});
