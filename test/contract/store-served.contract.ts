import assert from 'node:assert/strict';
import type { LedgerRow, ServedQuery } from '../../core/store/ledger-store.ts';
import type { Store } from '../../core/store/store.ts';
import { rowOf, TARGET } from './store-fixtures.ts';

const ANY = { after: null, before: null };
const ALL: ServedQuery = {
  ...{ order: 'key', after: null, limit: 100, gone: false, changed: ANY, created: ANY },
};

/** What the store promises of what clients may fetch. */
export function describeServed(getStore: () => Store): void {
  describe('what is served', () => {
    const page = (query: Partial<ServedQuery> = {}) =>
      getStore().served.page(TARGET, 'person', { ...ALL, ...query });
    const told = async (query: Partial<ServedQuery> = {}) =>
      (await page(query)).map(({ key, createdAt, changedAt }) => [key, createdAt, changedAt]);
    const confirm = async (rows: readonly LedgerRow[], gone: readonly LedgerRow[], at: number) => {
      const { ledger } = getStore();
      const removals = gone.map(({ ref }) => ref);
      await ledger.propose(rows, removals);
      await ledger.confirm(TARGET, at);
    };
    const [a, b, c] = [rowOf('a', '1'), rowOf('b', '1'), rowOf('c', '1')];

    it('is there when it is confirmed, with its time, and not before', async () => {
      await getStore().ledger.propose([a, b], []);
      assert.deepEqual(await told(), []);
      await getStore().ledger.confirm(TARGET, 10);
      assert.deepEqual(await told(), [
        ['a-1', 10, 10],
        ['b-1', 10, 10],
      ]);
      const [first] = await page();
      assert.deepEqual(first?.object, a.object);
      assert.deepEqual((await getStore().served.byKeys(TARGET, 'person', ['b-1', 'x'])).length, 1);
      assert.equal((await getStore().served.page('other:scim', 'person', ALL)).length, 0);
    });

    it('keeps the time when it came, and of what is gone the key and the time alone', async () => {
      await confirm([a, b, c], [], 10);
      await confirm([{ ...a, hash: 'other' }], [b], 20);
      assert.deepEqual(await told(), [
        ['a-1', 10, 20],
        ['c-1', 10, 10],
      ]);
      const gone = await page({ gone: true });
      assert.deepEqual(gone, [{ key: 'b-1', object: null, createdAt: 20, changedAt: 20 }]);
      assert.deepEqual(await getStore().served.byKeys(TARGET, 'person', ['b-1']), []);
      await confirm([b], [], 30);
      assert.deepEqual(await told({ gone: true }), []);
      assert.deepEqual((await told()).at(1), ['b-1', 30, 30], 'and comes back as new');
    });

    it('comes in the order of keys, or of changes, page by page', async () => {
      await confirm([c], [], 10);
      await confirm([a, b], [], 20);
      const after = { key: 'a-1', changedAt: 20 };
      assert.deepEqual(await told({ after, limit: 1 }), [['b-1', 20, 20]]);
      const keys = async (query: Partial<ServedQuery>) =>
        (await told({ order: 'change', ...query })).map(([key]) => key);
      assert.deepEqual(await keys({}), ['c-1', 'a-1', 'b-1']);
      assert.deepEqual(await keys({ after }), ['b-1']);
      assert.deepEqual(await keys({ skip: 1, limit: 1 }), ['a-1']);
    });

    it('is counted and selected by when it changed and came', async () => {
      await confirm([a, b], [], 10);
      await confirm([{ ...b, hash: 'other' }, c], [], 20);
      const { served } = getStore();
      const later = { after: 10, before: null };
      assert.deepEqual(
        (await told({ changed: later })).map(([key]) => key),
        ['b-1', 'c-1'],
      );
      assert.deepEqual(
        (await told({ created: later })).map(([key]) => key),
        ['c-1'],
      );
      assert.equal(await served.count(TARGET, 'person', { changed: later, created: ANY }), 2);
      const before = { after: null, before: 20 };
      assert.equal(await served.count(TARGET, 'person', { changed: ANY, created: before }), 2);
    });

    it('is noted of no target that is told by us, and forgotten when it is long gone', async () => {
      const { ledger, served } = getStore();
      await ledger.propose([a], []);
      await ledger.confirm(TARGET);
      assert.deepEqual(await told(), []);
      await confirm([b, c], [], 10);
      await confirm([], [b], 20);
      await confirm([], [c], 30);
      assert.equal(await served.purge(30), 1);
      assert.deepEqual(await told({ gone: true }), [['c-1', 30, 30]]);
    });
  });
}
