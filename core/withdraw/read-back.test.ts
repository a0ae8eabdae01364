import assert from 'node:assert/strict';
import { idsReferredTo, sentReferences, withOurKeys } from './read-back.ts';

describe('what a target shows of its references', () => {
  const path = ['members', '[]', 'value'];
  const kind = { references: [{ path, kind: 'User', required: false }] };
  const keys = new Map([['17', 'ann']]);

  it('is told in our keys, whether it shows its ids as texts or as numbers', () => {
    for (const id of ['17', 17]) {
      const shown = { members: [{ value: id }, { value: 18 }] };
      const read = withOurKeys(shown, Object(kind), keys);
      assert.deepEqual(read, { members: [{ value: 'ann' }, { value: '18' }] });
      const sent = sentReferences(shown, Object(kind), keys);
      assert.deepEqual(sent, { 'User/ann': '17', 'User/18': '18' });
      const ids = idsReferredTo(shown, Object(kind)).map((one) => one.id);
      assert.deepEqual(ids, ['17', '18'], 'who is protected is found among them');
    }
  });

  it('is told in our keys, in whatever letters it shows an id that is a UUID', () => {
    const id = '0f8fad5b-d9cb-469f-a165-70867728950e';
    const shown = { members: [{ value: id.toUpperCase() }, { value: 'Ab' }] };
    const known = new Map([
      [id, 'ann'],
      ['aB', 'bo'],
    ]);
    assert.deepEqual(withOurKeys(shown, Object(kind), known), {
      members: [{ value: 'ann' }, { value: 'Ab' }],
    });
  });
});
