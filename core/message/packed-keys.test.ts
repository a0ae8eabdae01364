import assert from 'node:assert/strict';
import fc from 'fast-check';
import { digestOf } from './digest.ts';
import { PackedKeys } from './packed-keys.ts';

const HASHES = ['', digestOf('Anna'), digestOf('Bo')];
const key = fc.integer({ min: 0, max: 3000 }).map((number) => `Person/${number}`);
const step = fc.record({
  what: fc.constantFrom('claim', 'put', 'delete' as const),
  key,
  hash: fc.constantFrom(...HASHES),
});

describe('packed keys', () => {
  it('answer as a map of texts does, whatever is claimed, given and given back', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 200, maxLength: 4000, size: 'max' }), (steps) => {
        const packed = new PackedKeys();
        const plain = new Map<string, string>();
        for (const { what, key, hash } of steps) {
          if (what === 'delete') {
            packed.delete(key);
            plain.delete(key);
          } else if (what === 'put') {
            packed.put(key, hash);
            plain.set(key, hash);
          } else {
            const had = plain.get(key);
            const expected = had === undefined ? 'free' : had === hash ? 'same' : 'other';
            assert.equal(packed.claim(key, hash), expected);
            if (had === undefined) plain.set(key, hash);
          }
          assert.equal(packed.has(key), plain.has(key));
        }
        assert.equal(packed.size, plain.size);
        for (let at = 0; at <= 3000; at++) {
          assert.equal(packed.has(`Person/${at}`), plain.has(`Person/${at}`));
        }
      }),
      { numRuns: 20 },
    );
  });
});
