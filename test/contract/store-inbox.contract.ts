import assert from 'node:assert/strict';
import type { InboxEvent } from '../../core/store/inbox-store.ts';
import type { Store } from '../../core/store/store.ts';
import { all } from './store-fixtures.ts';

const APP = 'absence-app';

/** What the store promises of what systems send by themselves. */
export function describeInbox(getStore: () => Store, reopen: () => Promise<Store>): void {
  describe('the inbox', () => {
    const event = (key: string, at: number): InboxEvent => ({ key, at, content: { key, at } });
    const sent = (id: string, ...events: readonly InboxEvent[]) => {
      return { id, digest: `digest of ${id}`, events };
    };
    const waiting = async (from: Store, after = 0, source = APP) => {
      const kept = await all(from.inbox.after(source, after));
      return kept.map(({ key, at, delivery, place }) => `${key} ${at} ${delivery}.${place}`);
    };

    it('keeps what comes in its order, also for whoever opens the store anew', async () => {
      const { inbox } = getStore();
      assert.equal(await inbox.newest(APP), 0);
      assert.ok(await inbox.keep(APP, sent('one', event('a', 5), event('b', 5)), 1));
      assert.ok(await inbox.keep('other', sent('one', event('a', 9)), 2));
      assert.ok(await inbox.keep(APP, sent('two', event('c', 3)), 3));
      const next = await reopen();
      assert.deepEqual(await waiting(next), ['a 5 one.0', 'b 5 one.1', 'c 3 two.0']);
      assert.deepEqual(await waiting(next, 0, 'other'), ['a 9 one.0']);
      const [first] = await all(next.inbox.after(APP, 0));
      assert.deepEqual(first?.content, { key: 'a', at: 5 });
      assert.deepEqual(await waiting(next, first?.number), ['b 5 one.1', 'c 3 two.0']);
      assert.deepEqual(await waiting(next, await next.inbox.newest(APP)), []);
    });

    it('keeps once what is sent twice, and nothing under an id that was used', async () => {
      const { inbox } = getStore();
      const delivery = sent('one', event('a', 5), event('b', 5));
      const twice = await Promise.all([inbox.keep(APP, delivery, 1), inbox.keep(APP, delivery, 1)]);
      assert.deepEqual(twice, [true, true]);
      const other = { ...sent('one', event('c', 6)), digest: 'another' };
      assert.equal(await inbox.keep(APP, other, 2), false);
      assert.deepEqual(await waiting(getStore()), ['a 5 one.0', 'b 5 one.1']);
      await inbox.empty(APP, await inbox.newest(APP));
      assert.equal(await inbox.keep(APP, delivery, 3), true);
      assert.equal(await inbox.keep(APP, other, 3), false);
      assert.deepEqual(await waiting(getStore()), []);
    });

    it('leaves out what was overtaken, in whatever order it came', async () => {
      const { inbox } = getStore();
      await inbox.keep(APP, sent('one', event('a', 1), event('b', 4), event('c', 1)), 1);
      await inbox.keep(APP, sent('two', event('a', 2), event('b', 3), event('c', 1)), 2);
      assert.deepEqual(await waiting(getStore()), ['b 4 one.1', 'a 2 two.0', 'c 1 two.2']);
      await inbox.keep('other', sent('one', event('a', 9)), 2);
      const taken = await inbox.newest(APP);
      await inbox.empty(APP, taken);
      await inbox.keep(APP, sent('late', event('a', 1), event('b', 5)), 3);
      assert.deepEqual(await waiting(getStore(), taken), ['b 5 late.1']);
    });

    it('gives numbers that only grow, while many keep at the same time, and after a purge', async () => {
      const stores = [getStore(), await reopen()];
      const keep = (at: number) =>
        stores[at % 2]?.inbox.keep(
          APP,
          sent(`d${at}`, event(`k${at}`, at), event(`l${at}`, at)),
          1,
        );
      await Promise.all(Array.from({ length: 20 }, (_, at) => keep(at)));
      const kept = await all(getStore().inbox.after(APP, 0));
      assert.equal(new Set(kept.map(({ number }) => number)).size, 40);
      const { inbox } = getStore();
      const newest = await inbox.newest(APP);
      assert.equal(newest, kept.at(-1)?.number);
      assert.equal(await inbox.purge(5), 0, 'what is not taken in is not forgotten');
      await inbox.empty(APP, newest);
      assert.ok((await inbox.purge(5)) >= 39);
      await inbox.keep(APP, sent('later', event('m', 1)), 6);
      assert.deepEqual(await waiting(getStore(), newest), ['m 1 later.0']);
    });

    it('tells of which keys nothing was heard for long, and forgets them', async () => {
      const { inbox } = getStore();
      await inbox.keep(APP, sent('one', event('a', 1), event('b', 1)), 10);
      await inbox.keep('other', sent('one', event('z', 1)), 10);
      await inbox.keep(APP, sent('two', event('b', 2)), 20);
      const silent = async (before: number) => all(getStore().inbox.silent(APP, before));
      assert.deepEqual(await silent(30), [], 'what waits is not silent');
      await inbox.empty(APP, await inbox.newest(APP));
      await inbox.empty('other', await inbox.newest(APP));
      assert.deepEqual(await silent(10), []);
      assert.deepEqual(await silent(20), ['a']);
      assert.deepEqual((await silent(21)).toSorted(), ['a', 'b']);
      assert.equal(await inbox.purge(20, APP), 2);
      assert.deepEqual(await silent(30), ['b']);
      assert.deepEqual(await all(inbox.silent('other', 30)), ['z']);
    });
  });
}
