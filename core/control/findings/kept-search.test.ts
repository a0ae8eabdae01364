import assert from 'node:assert/strict';
import { type Finding, finding } from '../../failure/finding.ts';
import { saying } from '../../failure/saying.ts';
import type { Json } from '../../message/message.ts';
import { searchOnce } from './kept-search.ts';

const CAUSE = { kind: 'missing', name: 'a b', subject: 'canonical a' } as const;

describe('a search through all that is kept', () => {
  it('is made once for each state, whoever asks, and tells what to do in the words of today', async () => {
    const values = new Map<string, Json>();
    const store = {
      getValue: async (name: string) => values.get(name) ?? null,
      putValue: async (name: string, value: Json) => void values.set(name, value),
    };
    let searches = 0;
    const said = saying('missing', { count: 2, kind: 'b', from: 'a' });
    const found: Finding = finding(CAUSE, 'REFERENCE_MISSING', said);
    const search = (state: string) =>
      searchOnce(store, 'missing', state, async () => {
        searches += 1;
        return [{ ...found, hint: 'as an older version said' }];
      });
    await search('1');
    assert.deepEqual([await search('1'), searches], [[found], 1]);
    await search('2');
    assert.equal(searches, 2);
    const { kind: _kind, ...before } = found;
    const older: Json = JSON.parse(JSON.stringify({ state: '2', found: [before] }));
    values.set('found missing', older);
    assert.deepEqual(await search('2'), [{ ...found, hint: 'as an older version said' }]);
  });
});
