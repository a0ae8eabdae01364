import assert from 'node:assert/strict';
import { pending } from '../pending.ts';
import { OUTCOMES } from './situation-town.ts';

const TARGETS = ['collaboration', 'lms', 'identity'] as const;
const LAST = 34;

/** The situations of school life, times the targets; the file is the last of its folder. */
describe('the matrix of situations and targets', () => {
  it('is whole and green', function () {
    if (OUTCOMES.size === 0) pending(this, 'no situation was run');
    const rows = [...OUTCOMES].sort(([a], [b]) => numberOf(a) - numberOf(b));
    console.log(`\n    changes told to:  ${TARGETS.map((name) => name.padEnd(14)).join('')}`);
    for (const [title, { passed, changes }] of rows) {
      const cells = TARGETS.map((name) => String(changes[name] ?? 0).padEnd(14));
      console.log(`    ${passed ? 'ok    ' : 'FAILED'}            ${cells.join('')}${title}`);
    }
    const shown = new Set(rows.map(([title]) => numberOf(title)));
    const all = Array.from({ length: LAST }, (_, index) => index + 1);
    assert.deepEqual(
      all.filter((number) => !shown.has(number)),
      [],
      'every situation has a test',
    );
    const red = rows.filter(([, { passed }]) => !passed);
    assert.deepEqual(red, []);
  });
});

function numberOf(title: string): number {
  return Number(/^7\.(\d+) /.exec(title)?.[1]);
}
