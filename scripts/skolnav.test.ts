import assert from 'node:assert/strict';
import { skolnav } from '../test/e2e/skolnav.ts';

describe('skolnav', () => {
  it('says which version it is, and which Node runs it', async () => {
    const { out, code } = await skolnav(['--version']);
    assert.equal(code, 0);
    assert.match(out, /^\d+\.\d+\.\d+ \(Node \d+\.\d+\.\d+\)$/m);
  });
});
