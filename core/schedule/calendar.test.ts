import assert from 'node:assert/strict';
import { sayTime } from './calendar.ts';

describe('a time for a person to read', () => {
  it('is that of the clock on the wall, in summer and in winter', () => {
    assert.equal(
      sayTime('Europe/Stockholm', Date.UTC(2026, 6, 1, 22, 5, 9)),
      '2026-07-02 00:05:09',
    );
    assert.equal(sayTime('Europe/Stockholm', Date.UTC(2026, 10, 25, 9, 28)), '2026-11-25 10:28:00');
  });
});
