import assert from 'node:assert/strict';
import { formatTable } from './table.ts';

describe('a table on the terminal', () => {
  it('aligns its columns, numbers to the right', () => {
    assert.equal(
      formatTable(
        ['what', 'count'],
        [
          ['a', 1],
          ['long', 20],
        ],
      ),
      'what  count\na         1\nlong     20',
    );
  });

  it('breaks what is wider than 100 columns between words, and keeps ids whole', () => {
    const id = 'UuUBvHagu366jWl39IBBTJ';
    const told = Array.from({ length: 40 }, (_, at) => `word${at}`).join(' ');
    const lines = formatTable(['id', 'reason', 'place'], [[id, told, 'file.xml:4 field']]).split(
      '\n',
    );
    assert.ok(lines.length > 3);
    assert.ok(lines.every((line) => line.length <= 100));
    assert.ok(lines[1]?.startsWith(`${id}  word0 `));
    assert.ok(lines[2]?.startsWith(' '.repeat(id.length + 2)));
    assert.equal(lines.join(' ').match(/word\d+/g)?.length, 40);
  });

  it('leaves a word whole that is wider by itself', () => {
    const path = 'x'.repeat(120);
    assert.equal(formatTable(['file'], [[path]]), `file\n${path}`);
  });
});
