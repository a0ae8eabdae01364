import assert from 'node:assert/strict';
import { digest } from './digest.ts';

describe('a digest', () => {
  it('is 22 characters that no command line takes for an option', () => {
    for (let number = 0; number < 2000; number++) {
      assert.match(digest(String(number)), /^[A-Za-z0-9][A-Za-z0-9_-]{21}$/);
    }
  });
});
