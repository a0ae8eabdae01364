import assert from 'node:assert/strict';
import type { Part } from '../../store/intake-store.ts';
import { Repetitions } from './repetitions.ts';

describe('what came twice in a run, and not the same', () => {
  it('is told with its places, but for what the run has changed since somebody left', () => {
    const entity = { kind: 'group', id: '7a' };
    const part = (name: string, line: number): Part => {
      const where = { file: 'members.csv', line, source: 'register', stream: 'member' };
      return { ...where, entity, part: name, externalId: '7a', hash: '', content: {} };
    };
    const repetitions = new Repetitions((one) => one.part === 'left');
    repetitions.add([part('left', 2), part('twice', 9)]);
    const [told, ...more] = repetitions.remarksOf('register', ['member']);
    assert.deepEqual([told?.place?.line, more], [9, []]);
    assert.deepEqual(new Repetitions(() => true).remarksOf('register', ['member']), []);
  });
});
