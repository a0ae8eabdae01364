import assert from 'node:assert/strict';
import { formatSync } from './report.ts';

describe('what a sync has done', () => {
  it('has no table of flows where none has run, as in a dry run', () => {
    const told = formatSync({ intakes: [], flows: [], elapsedMs: 1500 });
    assert.doesNotMatch(told, /^flow /m);
    assert.match(told, /\nDone in 1\.5 s\.$/);
  });
});
