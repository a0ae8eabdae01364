import assert from 'node:assert/strict';
import { withListsInOrder, withoutRepeats } from './reference-walk.ts';

describe('a list of references', () => {
  const members = (...values: readonly string[]) => ({
    members: values.map((value) => ({ value })),
  });

  it('is a set: who is named twice is there once, in the first place', () => {
    const path = ['members', '[]', 'value'];
    assert.deepEqual(withoutRepeats(members('a', 'b', 'a'), path), members('a', 'b'));
    assert.deepEqual(withoutRepeats({ of: ['a', 'a'] }, ['of', '[]']), { of: ['a'] });
  });

  it('is the same value where nothing repeats, and where there is no list', () => {
    const path = ['members', '[]', 'value'];
    for (const value of [members('a', 'b'), { members: 'a' }, {}]) {
      assert.equal(withoutRepeats(value, path), value);
    }
  });

  it('is the same whatever the order of its items, and of nothing else', () => {
    const path = ['members', '[]', 'value'];
    const inOrder = (value: ReturnType<typeof members>) => withListsInOrder(value, path);
    assert.deepEqual(inOrder(members('b', 'a', 'c')), inOrder(members('c', 'b', 'a')));
    assert.notDeepEqual(inOrder(members('a', 'b')), inOrder(members('a', 'c')));
    assert.deepEqual(withListsInOrder({ emails: ['b', 'a'] }, path), { emails: ['b', 'a'] });
  });

  it('keeps apart what names the same for different things', () => {
    const value = {
      enrolments: [
        { value: 'school', form: 'GR' },
        { value: 'school', form: 'FTH' },
      ],
    };
    assert.equal(withoutRepeats(value, ['enrolments', '[]', 'value']), value);
  });
});
