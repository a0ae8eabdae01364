import assert from 'node:assert/strict';
import { remembered } from './remembered.ts';

describe('what is remembered', () => {
  it('is made once for each key, and the newest are kept', () => {
    const made: string[] = [];
    const lengthOf = remembered<number>(2);
    const ask = (key: string) =>
      lengthOf(key, () => {
        made.push(key);
        return key.length;
      });
    assert.deepEqual([ask('a'), ask('bb'), ask('a')], [1, 2, 1]);
    assert.deepEqual(made, ['a', 'bb']);
    ask('ccc');
    ask('bb');
    assert.deepEqual(made, ['a', 'bb', 'ccc']);
    ask('a');
    assert.deepEqual(made, ['a', 'bb', 'ccc', 'a']);
  });
});
