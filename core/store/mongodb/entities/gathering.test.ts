import assert from 'node:assert/strict';
import { Gathering } from './gathering.ts';

describe('questions that are gathered', () => {
  const ask = () => {
    const asked: (readonly string[])[] = [];
    const gathering = new Gathering(async (names) => {
      asked.push(names);
      if (names.includes('bad')) throw new Error('the server is out');
      return new Map(names.filter((name) => name !== 'none').map((name) => [name, `${name}!`]));
    });
    return { asked, gathering };
  };

  it('go as one where they are asked at the same time, each name once', async () => {
    const { asked, gathering } = ask();
    const found = await Promise.all([
      gathering.of(['a']),
      gathering.of(['b', 'a']),
      Promise.resolve().then(() => gathering.of(['none'])),
    ]);
    assert.deepEqual(asked, [['a', 'b', 'none']]);
    assert.deepEqual(
      found.map((one) => [one.get('a'), one.get('none')]),
      Array.from({ length: 3 }, () => ['a!', undefined]),
    );
  });

  it('are asked anew of whoever asks later', async () => {
    const { asked, gathering } = ask();
    await gathering.of(['a']);
    await gathering.of(['a']);
    assert.deepEqual(asked, [['a'], ['a']]);
  });

  it('fail for all who asked, and for nobody after them', async () => {
    const { gathering } = ask();
    const ends = await Promise.allSettled([gathering.of(['a']), gathering.of(['bad'])]);
    assert.ok(ends.every(({ status }) => status === 'rejected'));
    assert.equal((await gathering.of(['a'])).get('a'), 'a!');
  });
});
