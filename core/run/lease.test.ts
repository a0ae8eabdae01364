import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { Failure } from '../failure/failure.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import type { Store } from '../store/store.ts';
import { LEASE, underLease } from './lease.ts';

const MINUTE = 60_000;

describe('work under a lease', () => {
  let folder: string;
  let store: Store;
  let now: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-lease-'));
    store = await openSqliteStore({ file: join(folder, 'skolnav.db') });
    now = 0;
    mock.timers.enable({ apis: ['setInterval'] });
  });
  afterEach(async () => {
    mock.timers.reset();
    await store.close();
    await rm(folder, { recursive: true });
  });

  const work = <T>(owner: string, of: (signal: AbortSignal) => Promise<T>) => {
    const request = { signal: new AbortController().signal };
    return underLease({ store, owner, now: () => now }, request, (held) => of(held.signal));
  };
  /** Some time passes, and the lease is renewed as far as it can be. */
  const pass = async (ms: number) => {
    now += ms;
    mock.timers.tick(ms);
    await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it('goes on for as long as it takes', async () => {
    await work('here/1/a', async (lost) => {
      for (let time = 0; time < 9; time++) await pass(MINUTE / 3);
      assert.equal(lost.aborted, false);
      const isFree = await store.runs.lease(LEASE, 'there/1/b', now, MINUTE);
      assert.equal(isFree, false, 'nobody else gets it');
    });
    assert.equal(await store.runs.leaseOwner(LEASE), null);
  });

  it('is told to stop where whoever asked for it says so', async () => {
    const stop = new AbortController();
    await underLease({ store, owner: 'here/1/a', now: () => now }, stop, async ({ signal }) => {
      assert.equal(signal.aborted, false);
      stop.abort();
      assert.equal(signal.aborted, true);
    });
  });

  it('is told to stop where another process has taken over', async () => {
    await work('here/1/a', async (lost) => {
      now += 2 * MINUTE;
      assert.equal(await store.runs.lease(LEASE, 'there/1/b', now, MINUTE), true);
      await pass(MINUTE / 3);
      assert.ok(lost.reason instanceof Failure);
      assert.equal(lost.reason.code, 'LEASE_LOST');
    });
    assert.equal(await store.runs.leaseOwner(LEASE), 'there/1/b', 'it is not ours to give back');
  });
});
