import assert from 'node:assert/strict';
import { Failure } from '../failure/failure.ts';
import type { StreamLayout } from './layout/layout.ts';
import { readLayoutFile } from './reading/layout-reading.ts';

const columns = [{ name: 'id', required: true }, { name: 'mark' }];
const LINES: StreamLayout = { format: 'delimited', file: 'f', columns };
const XML: StreamLayout = { format: 'xml', file: 'f', root: 'all', record: 'one', columns };
const LIST: StreamLayout = { format: 'json', file: 'f', list: 'all', columns };
const FIXED: StreamLayout = {
  ...{ format: 'fixed', file: 'f', trailer: { prefix: '#' } },
  columns: [
    { name: 'id', start: 1, width: 2 },
    { name: 'mark', start: 3, width: 2 },
  ],
};
const ONES = '<one><id>a</id><mark>S</mark></one>\n<one><id>b</id><mark>S</mark></one>\n';
const ITEMS = '{"id":"a","mark":"S"},{"id":"b","mark":"S"}';

const DAMAGED: readonly (readonly [string, StreamLayout, string])[] = [
  ['a file of columns with NUL', LINES, 'id;mark\na;S\nb;S\nc;\0S\n'],
  ['a file of columns with a byte of another encoding', LINES, 'id;mark\na;S\nb;S\nå;S\n'],
  ['a file of fixed width that is cut off', FIXED, 'a S \nb S \nc '],
  ['a file of fixed width with a line after its trailer', FIXED, 'a S \nb S \n#\nc S \n'],
  ['an XML document that is cut off', XML, `<all>\n${ONES}<one><id>c</id>`],
  ['an XML document that is not well-formed', XML, `<all>\n${ONES}<one></two></all>`],
  ['an XML document with a byte of another encoding', XML, `<all>\n${ONES}<one>å</one></all>`],
  ['a JSON list that is cut off', LIST, `{"all":[${ITEMS},{"id":`],
  ['a JSON list with rubbish in it', LIST, `{"all":[${ITEMS},x,{"id":"c"}]}`],
  ['lines of JSON, of which the last is cut', { ...LIST, format: 'ndjson' }, cutLines()],
];

function cutLines(): string {
  return `${ITEMS.replace('},', '}\n')}\n{"id":"c`;
}

describe('what was read whole of', () => {
  for (const [what, layout, text] of DAMAGED) {
    it(`${what} is given before the failure`, async () => {
      const ids: unknown[] = [];
      const reading = async () => {
        const bytes = (async function* () {
          yield Buffer.from(text, 'latin1');
        })();
        for await (const { records } of readLayoutFile(bytes, layout, 'f')) {
          ids.push(...records.map(({ value }) => value['id']));
        }
      };
      await assert.rejects(reading(), Failure);
      assert.deepEqual(ids, ['a', 'b']);
    });
  }
});
