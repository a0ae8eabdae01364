import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { KeyedHash } from './keyed-hash.ts';

describe('the keyed hash of a text', () => {
  it('is HMAC-SHA256 as the library has it, whatever was hashed before', () => {
    const texts = [
      '',
      'a',
      'Åsa 20090203-2399',
      '\u0000',
      '😀 half of one: \ud83d',
      'ä'.repeat(300),
    ];
    const all = [...texts, '中'.repeat(300), '中'.repeat(301), 'x'.repeat(10_000), ...texts];
    for (const length of [1, 32, 43, 64, 65, 200]) {
      const key = randomBytes(length);
      const keyed = new KeyedHash(key);
      for (const text of all) {
        const expected = createHmac('sha256', key).update(text).digest('hex');
        assert.equal(keyed.of(text), expected, `${length} bytes of key, ${text.length} characters`);
      }
    }
  });
});
