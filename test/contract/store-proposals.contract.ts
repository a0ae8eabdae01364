import assert from 'node:assert/strict';
import type { LedgerRow, SameSpans, SetSpan } from '../../core/store/ledger-store.ts';
import type { Store } from '../../core/store/store.ts';
import { all, rowOf, setOf, TARGET } from './store-fixtures.ts';

/** What the store promises of what is proposed to the ledger. */
export function describeProposals(getStore: () => Store): void {
  describe('what is proposed to the ledger', () => {
    it('takes what was proposed of a set when it is confirmed, removals first, and not before', async () => {
      const { ledger } = getStore();
      const keys = async () =>
        (await all(ledger.scan(TARGET, 'person', 'person'))).map(({ ref }) => ref.key).sort();
      const [a, b, moved] = [rowOf('a', '1'), rowOf('b', '1'), rowOf('c', '1')];
      await ledger.write([a, b], []);
      await ledger.propose([rowOf('d', '1')], []);
      await ledger.withdraw(TARGET);
      await ledger.propose([{ ...moved, ref: { ...moved.ref, key: 'a-1' } }], [a.ref, b.ref]);
      assert.deepEqual(await keys(), ['a-1', 'b-1']);
      await ledger.confirm(TARGET);
      assert.deepEqual(await keys(), ['a-1']);
      const [row] = await ledger.byKeys(TARGET, 'person', ['a-1']);
      assert.deepEqual(row?.ref.origin, moved.ref.origin);
      await ledger.confirm(TARGET);
      assert.deepEqual(await keys(), ['a-1'], 'and only once');
    });

    it('gives a set as it will be: changed, removed, and as it is, in one order', async () => {
      const { ledger } = getStore();
      const rows = ['a', 'b', 'c', 'd'].map((name) => rowOf(name, '1'));
      const [a, b, c, d] = rows;
      assert.ok(a !== undefined && b !== undefined && c !== undefined && d !== undefined);
      const set = () => setOf(getStore());
      const inOrder = (...some: readonly LedgerRow[]) =>
        [...some]
          .sort((one, other) => (one.ref.origin.id < other.ref.origin.id ? -1 : 1))
          .map(({ object }) => object);
      assert.deepEqual(await set(), []);
      await ledger.write([a, b, c], []);
      assert.deepEqual(await set(), inOrder(a, b, c));
      const changed = { ...a, object: { name: 'changed' } };
      const moved = { ...d, ref: { ...d.ref, key: c.ref.key }, object: { name: 'moved' } };
      await ledger.propose([changed, moved], [b.ref, c.ref]);
      assert.deepEqual(await set(), inOrder(changed, moved));
      const other = { ...rowOf('e', '1'), ref: { ...rowOf('e', '1').ref, objectKind: 'group' } };
      await ledger.propose([other], []);
      assert.deepEqual(await set(), inOrder(changed, moved));
      await ledger.withdraw(TARGET);
      assert.deepEqual(await set(), inOrder(a, b, c));
    });

    it('keeps what is proposed of each target by itself, until that is confirmed or withdrawn', async () => {
      const { ledger } = getStore();
      const of = (target: string, name: string) => {
        const row = rowOf(name, '1');
        return { ...row, ref: { ...row.ref, target } };
      };
      const proposed = async (target: string) => (await setOf(getStore(), target)).length;
      const others = ['set-1:any', 'set-2:any', 'set-3:any'] as const;
      for (const target of others) await ledger.propose([of(target, 'a')], []);
      await ledger.propose([of(others[1], 'b')], []);
      await ledger.confirm(others[0]);
      await ledger.withdraw(others[2]);
      assert.deepEqual(await Promise.all(others.map(proposed)), [1, 2, 0]);
      assert.equal(await ledger.count(others[1], 'person'), 0);
      await ledger.confirm(others[1]);
      assert.equal(await ledger.count(others[1], 'person'), 2);
      await ledger.withdraw(others[1]);
      assert.deepEqual(await Promise.all(others.map(proposed)), [1, 2, 0]);
    });

    it('gives a set of many in pages', async () => {
      const { ledger } = getStore();
      const rows = Array.from({ length: 2500 }, (_, at) => rowOf(`p${at}`, `${at}`));
      await ledger.write(rows.slice(0, 1200), []);
      await ledger.propose(rows.slice(1100), []);
      const found = await setOf(getStore());
      const names = new Map(rows.map(({ ref, object }) => [ref.origin.id, object]));
      const inOrder = [...names.keys()].sort().map((id) => names.get(id));
      assert.deepEqual(found, inOrder);
      await ledger.withdraw(TARGET);
    });

    it('reads of a set only the spans in which something changes, goes, comes or changes hands', async () => {
      const { ledger } = getStore();
      const rows = Array.from({ length: 400 }, (_, at) => rowOf(`q${at}`, `ö${at}`));
      const sorted = rows.toSorted((a, b) => (a.ref.origin.id < b.ref.origin.id ? -1 : 1));
      await ledger.write(rows, []);
      const spans = async (ends: readonly string[]) => {
        const found: (SetSpan | SameSpans)[] = [];
        for await (const span of ledger.proposedSet(TARGET, 'person', ends)) found.push(span);
        return found;
      };
      const whole = await spans([]);
      const ends = whole.map((span) => ('end' in span ? span.end : ''));
      assert.deepEqual(await spans(ends), [{ from: 0, to: ends.length }]);
      const lengths = whole.map((span) => ('objects' in span ? span.objects.length : 0));
      const [, second, third] = [0, lengths[0] ?? 0, (lengths[0] ?? 0) + (lengths[1] ?? 0)];
      const [changed, gone, taken] = [sorted[second], sorted[third - 1], sorted[399]];
      assert.ok(changed !== undefined && gone !== undefined && taken !== undefined);
      // What takes a key stands first of all, and whoever had it stands last.
      const first = { ...taken, ref: { ...taken.ref, origin: { kind: 'person', id: '0' } } };
      const named = { ...changed, object: { name: 'changed' } };
      await ledger.propose([named, first], [gone.ref]);
      const found = await spans(ends);
      const kept = found.filter((span) => 'from' in span);
      assert.deepEqual(kept, [{ from: 2, to: ends.length - 1 }]);
      const wholeAnew = (await spans([])).flatMap((span) =>
        'objects' in span ? span.objects : [],
      );
      const pieced = found.flatMap((span) => {
        if ('objects' in span) return span.objects;
        const same = whole.slice(span.from, span.to);
        return same.flatMap((one) => ('objects' in one ? one.objects : []));
      });
      assert.equal(wholeAnew.length, 399);
      assert.deepEqual(pieced, wholeAnew);
      await ledger.withdraw(TARGET);
    });
  });
}
