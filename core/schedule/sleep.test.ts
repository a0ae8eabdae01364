import assert from 'node:assert/strict';
import { TransientFailure } from '../failure/failure.ts';
import { sleep } from './sleep.ts';

describe('a pause', () => {
  it('ends with the reason for which it is broken off', async () => {
    const stop = new AbortController();
    const lost = new TransientFailure('LEASE_LOST', 'another process has taken over');
    const pause = sleep(60_000, stop.signal);
    stop.abort(lost);
    await assert.rejects(pause, (thrown) => thrown === lost);
    await assert.rejects(sleep(1, stop.signal), (thrown) => thrown === lost);
  });
});
