import assert from 'node:assert/strict';
import { DeclaredFolder } from '../../../test/contract/declared-folder.ts';
import { Failure } from '../../failure/failure.ts';
import type { Layout } from '../layout/layout.ts';

const NEVER = new AbortController().signal;
const COLUMNS = [
  { name: 'id', required: true },
  { name: 'name', required: true },
  { name: 'mark' },
];
const LINES: Layout = {
  streams: { pupil: { format: 'delimited', file: 'pupils-{date}.csv', columns: COLUMNS } },
};
const FIXED: Layout = {
  streams: {
    pupil: {
      ...{ format: 'fixed', file: 'pupils-{date}.csv' },
      columns: [
        { name: 'id', start: 1, width: 1 },
        { name: 'mark', start: 3, width: 1 },
      ],
    },
  },
};
const ENDED: Layout = {
  streams: {
    pupil: {
      ...{ format: 'delimited', file: 'pupils-{date}.csv', columns: COLUMNS },
      trailer: { prefix: 'END', count: 1 },
    },
  },
};
const FIXED_ENDED: Layout = {
  streams: {
    pupil: {
      ...{ format: 'fixed', file: 'pupils-{date}.csv', trailer: { prefix: 'END' } },
      columns: [
        { name: 'id', start: 1, width: 1 },
        { name: 'mark', start: 3, width: 1 },
      ],
    },
  },
};
const XML: Layout = {
  streams: {
    pupil: {
      ...{ format: 'xml', file: 'pupils-{date}.csv', root: 'all', record: 'one' },
      columns: [{ name: 'id', path: '@id' }, { name: 'mark' }],
    },
  },
};
const GOOD = 'id;name;mark\na;Kim;S\nb;Bo;S\n';

describe('a file that is refused', () => {
  let lying: DeclaredFolder;

  beforeEach(async () => {
    lying = await DeclaredFolder.open();
  });
  afterEach(() => lying.close());

  /** Who is called what in a file that waits, and how reading it fails in the end. */
  async function heard(
    layout: Layout,
    name: string,
    text: string,
  ): Promise<readonly [readonly string[], string]> {
    await lying.write(name, Buffer.from(text, 'latin1'));
    const said: string[] = [];
    let code = '';
    await lying.withSource(layout, async (source) => {
      for await (const delivery of source.waiting(null, NEVER)) {
        try {
          for await (const { records } of delivery) {
            said.push(...records.map(({ value }) => `${value['id']} ${value['mark']}`));
          }
        } catch (failure) {
          assert.ok(failure instanceof Failure, String(failure));
          code = failure.code;
        }
      }
    });
    return [said, code];
  }

  const NAME = 'pupils-20260901.csv';
  const REFUSED: readonly (readonly [string, Layout, string, string])[] = [
    ['that lacks a column', LINES, GOOD.replace(';name', ';nmae'), 'FILE_LAYOUT'],
    [
      'with a column that nobody knows',
      LINES,
      GOOD.replaceAll(/^(.*?);/gm, '$1;x;'),
      'FILE_LAYOUT',
    ],
    ['in another encoding', LINES, GOOD.replace('Kim', 'Åsa'), 'FILE_ENCODING'],
    ['that has lost its header', LINES, GOOD.replace(/^.*\n/, ''), 'FILE_LAYOUT'],
    [
      'with another separator',
      LINES,
      GOOD.replaceAll(';', ',').replace('Kim', '"Ek, Kim"').replace('id', '"id"'),
      'FILE_LAYOUT',
    ],
    [
      'in UTF-16',
      LINES,
      Buffer.from(GOOD.replace('Kim', 'Åsa'), 'utf16le').toString('latin1'),
      'FILE_ENCODING',
    ],
    [
      'in another encoding, without a last line end',
      LINES,
      `${GOOD.replace('Kim', 'Åsa').trimEnd()}`,
      'FILE_ENCODING',
    ],
    [
      'in another encoding behind a quote',
      LINES,
      `${GOOD.replace('Kim', '"Kim"Å')}c;Ek;S\n`,
      'FILE_DAMAGED',
    ],
    [
      'of fixed width in another encoding, without a last line end',
      FIXED,
      'a S\nÅ S\nb S',
      'FILE_ENCODING',
    ],
    ['with NUL', LINES, GOOD.replace('Kim', 'K\0m'), 'FILE_UNSAFE'],
    [
      'with a wrong count in its trailer, and lines behind it',
      ENDED,
      'id;name;mark\na;Kim;S\nEND;9\nb;Bo;S\n',
      'FILE_DAMAGED',
    ],
    [
      'with a trailer in the middle, and one at its end',
      ENDED,
      'id;name;mark\na;Kim;S\nEND;1\nb;Bo;S\nEND;2\n',
      'FILE_DAMAGED',
    ],
    ['with a quote that stays open', LINES, GOOD.replace('Kim', '"Kim'), 'FILE_DAMAGED'],
    [
      'with rows between two quotes that nobody meant',
      LINES,
      GOOD.replace('Kim', '"Kim').replace('Bo', 'Bo"'),
      'FILE_DAMAGED',
    ],
    [
      'with text behind a quote',
      LINES,
      'id;name;mark\na;"Kim" K;S\n"b";"B ""Bo"" B";"S"\n',
      'FILE_DAMAGED',
    ],
    [
      'of fixed width with a line behind its trailer',
      FIXED_ENDED,
      'a S\nEND\nb S\n',
      'FILE_DAMAGED',
    ],
    [
      'of XML with another root',
      XML,
      '<others><one id="a"><mark>S</mark></one><one id="b"><mark>S</mark></one></others>',
      'FILE_LAYOUT',
    ],
    ['of fixed width in another encoding', FIXED, 'a S\nÅ S\nb S\n', 'FILE_ENCODING'],
  ];
  for (const [what, layout, text, code] of REFUSED) {
    it(`${what}, still says whom it calls protected, and is refused then`, async () => {
      const [said, failed] = await heard(layout, NAME, text);
      const known = said.filter((one) => /^[ab] /.test(one));
      assert.deepEqual([known, failed], [['a S', 'b S'], code]);
    });
  }

  it('with the column of ids twice, says it of nobody', async () => {
    const [said, code] = await heard(LINES, NAME, GOOD.replace('name', 'id'));
    assert.deepEqual([said, code], [['undefined S', 'undefined S'], 'FILE_LAYOUT']);
  });

  it('with no column of ours, and others than ours in number, says nothing', async () => {
    assert.deepEqual(await heard(LINES, NAME, 'x;y\na;S\n'), [[], 'FILE_LAYOUT']);
  });

  it('for a day that is none, or is yet to come, still says it', async () => {
    assert.deepEqual(await heard(LINES, 'pupils-20261302.csv', GOOD), [['a S', 'b S'], '']);
    assert.deepEqual(await heard(LINES, 'pupils-20280901.csv', ''), [
      ['a S', 'b S'],
      'FILE_DAMAGED',
    ]);
  });
});
