import assert from 'node:assert/strict';
import { leavesOf } from './leaves.ts';

describe('the leaves of an object', () => {
  it('stand each under its path', () => {
    const leaves = leavesOf({ name: { first: 'Kim' }, roles: ['a', { of: 'b' }], active: true });
    assert.deepEqual(
      [...leaves],
      [
        ['name.first', 'Kim'],
        ['roles[0]', 'a'],
        ['roles[1].of', 'b'],
        ['active', 'true'],
      ],
    );
  });
});
