import assert from 'node:assert/strict';
import { inOrder } from './in-order.ts';

describe('the members of a group of SS 12000', () => {
  it('come in one order, in whatever order a provider gives them', () => {
    const members = ['p2', 'p1', 'p3'].map((id) => ({ startDate: '2026-08-18', person: { id } }));
    const again = { startDate: '2026-01-01', person: { id: 'p2' } };
    const group = { id: 'c1', displayName: '7A', groupMemberships: [...members, again] };
    const other = { ...group, groupMemberships: group.groupMemberships.toReversed() };
    assert.deepEqual(inOrder(other), inOrder(group));
    const [first, second, third] = members;
    assert.deepEqual(inOrder(group)['groupMemberships'], [second, again, first, third]);
  });

  it('are left as they are where there is nothing to be ordered', () => {
    for (const groupMemberships of ['spoilt', [], [{ person: { id: 'p1' } }]]) {
      const group = { id: 'c1', groupMemberships };
      assert.equal(inOrder(group), group);
    }
    const person = { id: 'p1', responsibles: [{ person: { id: 'g2' } }, { person: { id: 'g1' } }] };
    assert.equal(inOrder(person), person);
  });
});
