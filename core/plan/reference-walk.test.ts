import assert from 'node:assert/strict';
import { withoutRepeats } from './reference-walk.ts';

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
