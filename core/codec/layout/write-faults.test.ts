import assert from 'node:assert/strict';
import { inEnglish } from '../../failure/saying.ts';
import type { Layout, StreamLayout } from './layout.ts';
import { layoutFaults } from './layout-faults.ts';

const COLUMNS = [{ name: 'id' }, { name: 'month' }, { name: 'op' }];
const OPERATIONS = { column: 'op', new: 'N', changed: 'C', gone: 'G' };
const LINES = { format: 'delimited', file: 'a-{number}.csv', columns: COLUMNS } as const;

const XML = { format: 'xml', file: 'a.xml', root: 'a', record: 'b' } as const;

function faultsOf(write: Layout['write'], more: object = {}, whole: object = {}): string {
  // SAFETY: what a test says of a stream stands in the place of what it says by itself.
  const stream = { ...LINES, ...more } as StreamLayout;
  const layout: Layout = { ...(write ? { write } : {}), ...whole, streams: { child: stream } };
  return layoutFaults(layout)
    .map(({ said }) => inEnglish(said))
    .join('; ');
}

describe('layouts that are written', () => {
  it('have no faults where each way has what it needs', () => {
    assert.equal(faultsOf({ way: 'full' }, { file: 'a.csv' }), '');
    assert.equal(
      faultsOf({ way: 'changes' }, { write: { key: ['id'], operations: OPERATIONS } }),
      '',
    );
    const key = ['month', 'id'];
    const service = { ...XML, write: { key: ['id'], operations: OPERATIONS } };
    assert.equal(faultsOf({ way: 'operations' }, service), '');
    assert.equal(faultsOf({ way: 'period' }, { write: { key, period: 'month' } }), '');
  });

  for (const [what, write, more, text] of [
    [
      'changes whose next set would replace the last',
      { way: 'changes' },
      { file: 'a.csv' },
      /no \{number\}/,
    ],
    ['whole sets with a number', { way: 'full' }, {}, /only sets of changes/],
    ['changes without a key', { way: 'changes' }, {}, /needs the `key`/],
    ['a key that is no column', { way: 'changes' }, { write: { key: ['idd'] } }, /no column "idd"/],
    [
      'a period outside of the key',
      { way: 'period' },
      { write: { key: ['id'], period: 'month' } },
      /part of the key/,
    ],
    [
      'periods that no column tells',
      { way: 'period' },
      { write: { key: ['id'] } },
      /is needed there/,
    ],
    ['documents of JSON', { way: 'full' }, { format: 'json', file: 'a.json' }, /not written/],
    [
      'a list among the elements of a document',
      { way: 'full' },
      { ...XML, columns: [{ name: 'id', all: true }] },
      /lists can be read/,
    ],
    [
      'a constant beside what is no column',
      { way: 'full' },
      { ...XML, columns: [{ name: 'id' }, { name: 'label', constant: '', with: 'parent' }] },
      /name a column with values/,
    ],
    [
      'a reference to a stream that is none',
      { way: 'full' },
      { ...XML, columns: [{ name: 'id', reference: 'unit' }] },
      /no stream "unit"/,
    ],
    [
      'elements of a name that do not stand together',
      { way: 'full' },
      { ...XML, columns: [{ name: 'id' }, { name: 'b' }, { name: 'c', path: 'id[@type="x"]' }] },
      /<id> stand apart/,
    ],
    [
      'a head that leads out of the document',
      { way: 'full' },
      { ...XML, head: [{ path: '../a', constant: 'b' }] },
      /no path below the root/,
    ],
    [
      'documents for a service that do not say what became of a record',
      { way: 'operations' },
      { ...XML, write: { key: ['id'] } },
      /say what became of each record/,
    ],
    [
      'children among changes',
      { way: 'changes' },
      { write: { key: ['id'] }, carry: { from: 'unit', columns: { unit: 'id' } } },
      /whole sets alone/,
    ],
    ['quotes of another kind', { way: 'full' }, { file: 'a.csv', quote: "'" }, /quotes can be/],
    [
      'a stream of a layout that is only read',
      undefined,
      { file: 'a.csv', write: { key: ['id'] } },
      /nothing of the layout is written/,
    ],
  ] as const) {
    it(`refuse ${what}`, () => {
      assert.match(faultsOf(write, more), text);
    });
  }

  it('refuse streams that share a document of changes, where their order would be lost', () => {
    const keyed = { ...XML, file: 'a-{number}.xml', columns: [{ name: 'id' }] } as const;
    const one = { ...keyed, write: { key: ['id'] } };
    const texts = (layout: Layout) => layoutFaults(layout).map(({ said }) => inEnglish(said));
    const write = { way: 'changes' } as const;
    assert.deepEqual(texts({ write, streams: { one } }), []);
    const two = { ...one, record: 'c' };
    const [fault = ''] = texts({ write, streams: { one, two } });
    assert.match(fault, /keep their order in whole sets alone/);
  });
});
