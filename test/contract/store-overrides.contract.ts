import assert from 'node:assert/strict';
import type { Override } from '../../core/store/override-store.ts';
import type { Store } from '../../core/store/store.ts';
import { idOf, TARGET } from './store-fixtures.ts';

/** What the store promises of what persons have set in the place of mappings. */
export function describeOverrides(getStore: () => Store, reopen: () => Promise<Store>): void {
  const override = (id: string, from: number): Override => ({
    ...{ id, target: TARGET, objectKind: 'person', key: 'k', field: 'name', value: ['Kim'] },
    ...{ origin: { kind: 'person', id: idOf('kim') }, reason: 'a test', who: 'Kim', from },
    ...{ until: '2026-12-01', needs: 2, approvals: ['Kim'], end: null, version: 0 },
  });
  const ended = (one: Override, at: number): Override => {
    return { ...one, value: null, end: { how: 'ended', at, who: 'Robin' } };
  };

  describe('overrides', () => {
    it('keeps them newest first, each once, by target, and whether they have ended', async () => {
      const { overrides } = getStore();
      const elsewhere = { ...override('c', 3), target: 'identity:scim' };
      for (const one of [override('a', 1), override('b', 2), elsewhere]) await overrides.add(one);
      await overrides.add({ ...override('a', 1), value: 'another' });
      assert.equal(await overrides.replace(ended(override('b', 2), 9)), true);
      const next = (await reopen()).overrides;
      const ids = async (filter: Parameters<typeof overrides.list>[0]) =>
        (await next.list(filter)).map(({ id }) => id);
      assert.deepEqual(await ids({}), ['c', 'b', 'a']);
      assert.deepEqual(await ids({ target: TARGET }), ['b', 'a']);
      assert.deepEqual(await ids({ target: TARGET, isOpen: true }), ['a']);
      assert.deepEqual((await next.list({ target: TARGET }))[1], override('a', 1));
    });

    it('replaces one only as long as nobody else has put it since it was read', async () => {
      const { overrides } = getStore();
      await overrides.add(override('a', 1));
      const [read] = await overrides.list({});
      assert.ok(read !== undefined);
      assert.equal(await overrides.replace(ended(read, 5)), true);
      assert.equal(await overrides.replace({ ...read, approvals: ['Kim', 'Robin'] }), false);
      assert.equal(await overrides.replace(override('unknown', 1)), false);
      assert.deepEqual(await overrides.list({}), [{ ...ended(read, 5), version: 1 }]);
    });

    it('forgets those that ended before an instant, and no other', async () => {
      const { overrides } = getStore();
      for (const id of ['a', 'b', 'c']) await overrides.add(override(id, 1));
      await overrides.replace(ended(override('a', 1), 4));
      await overrides.replace(ended(override('b', 1), 5));
      assert.equal(await overrides.purge(5), 1);
      assert.deepEqual(
        (await overrides.list({})).map(({ id }) => id),
        ['b', 'c'],
      );
    });
  });
}
