import assert from 'node:assert/strict';
import type { JsonObject } from '../../message/message.ts';
import type { Entry } from '../compare.ts';
import { memberListsOf, onlyFills } from './member-lists.ts';

const LISTS = memberListsOf({
  kind: 'Group',
  references: [{ path: ['members', '[]', 'value'], kind: 'User', required: false }],
});

describe('an update that only fills a list', () => {
  const group = (name: string, ...members: string[]): JsonObject => {
    return { name, members: members.map((value) => ({ value })) };
  };
  const fills = (before: JsonObject, after: JsonObject, row: Partial<Entry['row']> = {}) => {
    const held = { object: before, hash: 'h', suspendedSince: null, ...row };
    const entry = { action: 'update', object: after, row: held } as unknown as Entry;
    return onlyFills(entry, LISTS);
  };

  it('brings members, in whatever order', () => {
    assert.equal(fills(group('5B'), group('5B', 'kim')), true);
    assert.equal(fills(group('5B', 'kim', 'robin'), group('5B', 'alex', 'robin', 'kim')), true);
  });

  it('takes nobody away and changes nothing else', () => {
    assert.equal(fills(group('5B', 'kim'), group('5B', 'robin')), false);
    assert.equal(fills(group('5B', 'kim'), group('5C', 'kim', 'robin')), false);
    assert.equal(fills(group('5B', 'kim'), group('5B', 'kim')), false);
    assert.equal(fills(group('5B'), group('5B', 'kim'), { suspendedSince: '2026-09-01' }), false);
  });
});
