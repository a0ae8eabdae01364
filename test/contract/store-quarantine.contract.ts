import assert from 'node:assert/strict';
import type { Store } from '../../core/store/store.ts';
import { all, applyAll, SOURCE } from './store-fixtures.ts';

/** What the store promises of records that could not be taken in. */
export function describeQuarantine(getStore: () => Store, reopen: () => Promise<Store>): void {
  describe('records set aside', () => {
    it('stay until a run that has settled them is applied', async () => {
      const store = getStore();
      const record = (id: string, line: number) => {
        return { id, source: SOURCE, stream: 'person', value: { line }, file: 'f.xml', line };
      };
      const kept = async (from: Store) =>
        (await all(from.quarantine.scan(SOURCE))).map(({ id, value }) => [id, value]);
      await store.quarantine.put([record('a', 1), record('b', 2), record('c', 3)]);
      await store.quarantine.put([{ ...record('d', 4), source: 'accounts' }, record('a', 5)]);
      await store.quarantine.remove(['c', 'unknown']);
      await store.intake.open('run-1', SOURCE);
      const before = [
        ['b', { line: 2 }],
        ['a', { line: 5 }],
      ];
      assert.deepEqual(await kept(store), before);
      const next = await reopen();
      assert.deepEqual(await kept(next), before);
      await store.intake.commit('run-1', SOURCE, {}, ['b']);
      assert.deepEqual(await kept(next), before);
      await applyAll(store, 'run-1');
      assert.deepEqual(await kept(next), [['a', { line: 5 }]]);
      const unread = {
        ...record('e', 6),
        source: 'accounts',
        isUnread: true,
        connector: 'files',
      } as const;
      await next.quarantine.put([unread]);
      const [good, bad] = await all(next.quarantine.scan('accounts'));
      assert.deepEqual([good?.isUnread, good?.connector, bad], [undefined, undefined, unread]);
    });
  });
}
