import assert from 'node:assert/strict';
import { notTaken } from './taken.ts';

describe('what an answer shows was not taken', () => {
  const cases: readonly (readonly [string, ...Parameters<typeof notTaken>, readonly string[]])[] = [
    ['nothing, where it shows nothing', { a: 1, b: ['x'] }, {}, {}, new Set(), []],
    [
      'a text that is still the former one',
      { a: 'new' },
      { a: 'old' },
      { a: 'old' },
      new Set(),
      ['a'],
    ],
    ['no text in the target’s own form', { a: '+46 1' }, { a: '+461' }, {}, new Set(), []],
    ['a number, and not a number as text', { a: 1, b: 1 }, { a: 2, b: '1' }, {}, new Set(), ['a']],
    ['a part', { a: { b: true } }, { a: { b: false } }, {}, new Set(), ['a']],
    ['one of a list of texts', { a: ['x', 'y'] }, { a: ['y'] }, {}, new Set(), ['a']],
    [
      'one of a list that was to go',
      { a: ['x'] },
      { a: ['x', 'y'] },
      { a: ['y'] },
      new Set(),
      ['a'],
    ],
    ['no other order', { a: ['x', 'y'] }, { a: ['y', 'x'] }, {}, new Set(), []],
    [
      'one of a list of parts',
      { a: [{ value: 'x' }] },
      { a: [{ value: 'y' }] },
      {},
      new Set(),
      ['a'],
    ],
    ['what was to go', { a: 'x' }, { a: 'x', b: 'old' }, { a: 'x', b: 'old' }, new Set(), ['b']],
    [
      'a part that was to go',
      { a: { b: 'x' } },
      { a: { b: 'x', c: 'old' } },
      { a: { b: 'x', c: 'old' } },
      new Set(),
      ['a'],
    ],
    [
      'one of a list that was to go as a whole',
      {},
      { a: [{ value: 'y', type: 'home' }] },
      { a: [{ value: 'x' }, { value: 'y' }] },
      new Set(),
      ['a'],
    ],
    [
      'nothing that has another value, or a yes or no of its own, where it was to go',
      {},
      { a: 'other', b: true, c: [], d: null },
      { a: 'old', b: true, c: ['x'], d: 'x' },
      new Set(),
      [],
    ],
    ['nothing that it decides alone', { a: { id: 1 } }, { a: { id: 2 } }, {}, new Set(['id']), []],
  ];
  for (const [what, sent, answered, previous, except, names] of cases) {
    it(`is ${what}`, () => {
      assert.deepEqual(notTaken(sent, answered, previous, except), names);
    });
  }
});
