import assert from 'node:assert/strict';
import { Memory, recalled, recalledOfAll, remembering } from './memory.ts';

describe('what was found of files', () => {
  const find = (memory: Memory, text: string) => {
    let made = 0;
    return remembering(memory, async () => {
      const found = recalled('length', [text], () => {
        made += 1;
        return text === '' ? null : { length: text.length };
      });
      return { found, made };
    });
  };

  it('is recalled by the next process, of the same input alone, and what is null never', async () => {
    const first = new Memory('', 'files');
    assert.deepEqual(await find(first, 'one'), { found: { length: 3 }, made: 1 });
    assert.deepEqual(await find(first, ''), { found: null, made: 1 });
    const kept = first.kept() ?? '';
    const second = new Memory(kept, 'files');
    assert.deepEqual(await find(second, 'one'), { found: { length: 3 }, made: 0 });
    assert.equal(second.kept(), null);
    assert.equal((await find(second, 'four')).made, 1);
    assert.equal((await find(second, '')).made, 1);
    assert.equal(second.kept()?.split('\n').length, 2);
  });

  it('is recalled by who reads beside another as what was found of its own files', async () => {
    const [isFound, isOver] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const find = (files: string) => recalledOfAll('whole', [], async () => `of ${files}`);
    const one = remembering(new Memory('', 'one'), async () => {
      const found = await find('one');
      isFound.resolve();
      await isOver.promise;
      return found;
    });
    await isFound.promise;
    const two = await remembering(new Memory('', 'two'), () => find('two'));
    isOver.resolve();
    assert.deepEqual([await one, two], ['of one', 'of two']);
  });

  it('is made anew where nothing is remembered', () => {
    assert.equal(
      recalled('length', ['one'], () => 'made'),
      'made',
    );
  });
});
