import assert from 'node:assert/strict';
import type { Layout } from '../layout/layout.ts';
import { layoutFaults } from '../layout/layout-faults.ts';
import { readLayoutStreams } from '../reading/layout-reading.ts';

const MEMBERS: Layout = {
  streams: {
    group: {
      ...{ format: 'xml', file: 'm.xml', root: 'r', record: 'group' },
      columns: [{ name: 'id', path: '@id', required: true }, { name: 'type' }],
    },
    member: {
      ...{ format: 'xml', file: 'm.xml', root: 'r', record: 'members/member' },
      carry: { from: 'group', by: { own: 'in', parent: 'id' }, columns: { groupType: 'type' } },
      columns: [
        { name: 'in', path: '../@of' },
        { name: 'who', path: '.' },
      ],
    },
  },
};

describe('records that name another of their file', () => {
  it('have what they need of it, wherever before them it stands', async () => {
    assert.deepEqual(layoutFaults(MEMBERS), []);
    const groups =
      '<group id="a"><type>School</type></group><group id="b"><type>Class</type></group>';
    const membersOf = (of: string, who: string) =>
      `<members of="${of}"><member>${who}</member></members>`;
    const text = `<r>${groups}${membersOf('a', 'p1')}${membersOf('b', 'p2')}${membersOf('c', 'p3')}</r>`;
    const members: object[] = [];
    const faults: string[] = [];
    const bytes = (async function* () {
      yield Buffer.from(text);
    })();
    for await (const batch of readLayoutStreams(
      bytes,
      new Map(Object.entries(MEMBERS.streams)),
      'f',
    )) {
      if (batch.stream === 'member') members.push(...batch.records.map(({ value }) => value));
      faults.push(...batch.faults.map(({ failure }) => failure.message));
    }
    assert.deepEqual(members, [
      { in: 'a', who: 'p1', groupType: 'School' },
      { in: 'b', who: 'p2', groupType: 'Class' },
    ]);
    assert.deepEqual(faults, [
      'f, line 1: groupType is not known: no good record of "group" stands before it',
    ]);
  });
});
