import assert from 'node:assert/strict';
import type { AuditRecord } from '../run-store.ts';
import { checkChain, linkOf } from './audit-chain.ts';

describe('the chain of the audit trail', () => {
  const entry = (at: number) => ({ at, who: 'kim', action: 'trace', subject: 'p', reason: '' });

  function trail(count: number): AuditRecord[] {
    const records: AuditRecord[] = [];
    for (let number = 1; number <= count; number++) {
      const link = linkOf(records.at(-1)?.digest ?? '', entry(number));
      records.push({ ...entry(number), ...link, number });
    }
    return records;
  }
  async function check(records: readonly AuditRecord[]) {
    async function* pages() {
      for (const one of records) yield [one];
    }
    return checkChain(pages(), null);
  }

  it('is whole from wherever a purge lets it begin', async () => {
    assert.equal((await check(trail(4))).brokenAt, null);
    assert.equal((await check(trail(4).slice(2))).brokenAt, null);
    assert.equal((await check([])).head, '');
  });

  it('breaks at an entry that was changed, also at the first', async () => {
    for (const at of [0, 2]) {
      const records = trail(4);
      const changed = records.map((one, index) => (index === at ? { ...one, who: 'sam' } : one));
      assert.equal((await check(changed)).brokenAt, at + 1);
    }
  });

  it('breaks where an entry was taken out, put in, or robbed of its digest', async () => {
    const records = trail(4);
    assert.equal((await check(records.filter(({ number }) => number !== 2))).brokenAt, 3);
    const [first, second, ...others] = records;
    assert.ok(first !== undefined && second !== undefined);
    const bare = { ...second, digest: '', previous: '' };
    assert.equal((await check([first, bare, ...others])).brokenAt, 2);
  });

  it('begins after what an older version has left', async () => {
    const old = { ...entry(0), previous: '', digest: '', number: 0 };
    const { unchained, brokenAt } = await check([old, ...trail(2)]);
    assert.deepEqual([unchained, brokenAt], [1, null]);
  });
});
