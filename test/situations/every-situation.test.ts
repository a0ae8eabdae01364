import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const LAST = 34;

/** The situations of school life, by their numbers; each file of this folder has some. */
describe('the situations of school life', () => {
  it('have a test each', async () => {
    const files = (await readdir(import.meta.dirname)).filter((one) => one.endsWith('.test.ts'));
    const texts = await Promise.all(
      files.map((one) => readFile(join(import.meta.dirname, one), 'utf8')),
    );
    const titles = texts.join('\n').matchAll(/\bit\(\s*['"`]7\.(\d+) /g);
    const shown = new Set([...titles].map(([, number]) => Number(number)));
    const all = Array.from({ length: LAST }, (_, index) => index + 1);
    assert.deepEqual(
      all.filter((number) => !shown.has(number)),
      [],
    );
  });
});
