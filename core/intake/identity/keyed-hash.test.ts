import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { KeyedHash } from './keyed-hash.ts';

describe('the keyed hash of a text', () => {
  it('is its HMAC, whatever the key and the texts before it', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    const key = fc.uint8Array({ minLength: 1, maxLength: 100 });
    const property = fc.property(key, fc.array(text, { maxLength: 3 }), (bytes, texts) => {
      const keyed = new KeyedHash(bytes);
      for (const one of [...texts, '\ud800', 'Åsa'.repeat(200), '']) {
        assert.equal(keyed.hex(one), createHmac('sha256', bytes).update(one).digest('hex'));
      }
    });
    fc.assert(property, { numRuns: 20 });
  });
});
