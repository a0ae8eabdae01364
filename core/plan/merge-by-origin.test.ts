import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StoredEntity } from '../store/entity-store.ts';
import type { LedgerRow } from '../store/ledger-store.ts';
import { mergeByOrigin } from './merge-by-origin.ts';

const ids = fc.uniqueArray(fc.integer({ min: 10, max: 40 }).map(String), { maxLength: 20 });

describe('entities beside the rows that a target holds from them', () => {
  it('are each met once, in order, with all their rows, however both are cut into batches', () => {
    const cut = fc.integer({ min: 1, max: 4 });
    const property = fc.asyncProperty(ids, ids, cut, cut, async (there, held, ...cuts) => {
      const entities = there.sort().map((id) => ({ entity: { id }, hash: '' }));
      const rows = held.sort().flatMap((id) => ['1', '2'].map((key) => rowOf(id, key)));
      const found: string[] = [];
      for await (const groups of mergeByOrigin(
        inBatches(entities, cuts[0]),
        inBatches(rows, cuts[1]),
      ))
        for (const { id, stored, rows: own } of groups)
          found.push([id, stored?.entity.id ?? '-', ...own.map(({ ref }) => ref.key)].join(' '));
      const all = [...new Set([...there, ...held])].sort();
      const expected = all.map((id) => {
        const keys = held.includes(id) ? ['1', '2'] : [];
        return [id, there.includes(id) ? id : '-', ...keys].join(' ');
      });
      assert.deepEqual(found, expected);
    });
    return fc.assert(property, { numRuns: 200 });
  });
});

function rowOf(id: string, key: string): LedgerRow {
  const ref = { target: 'lms:a', objectKind: 'person', origin: { kind: 'person', id }, key };
  const rest = { unit: '', hash: '', object: {}, remoteId: null, run: 'r', confirmedAt: 0 };
  return { ref, ...rest, suspendedSince: null };
}

async function* inBatches<T extends StoredEntity | LedgerRow>(all: readonly T[], size: number) {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
