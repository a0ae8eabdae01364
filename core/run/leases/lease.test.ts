import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { openTemporaryStore } from '../../../test/contract/temporary-store.ts';
import { Failure } from '../../failure/failure.ts';
import type { Store } from '../../store/store.ts';
import { LEASE } from './holder.ts';
import { underLease, underTarget } from './lease.ts';

const MINUTE = 60_000;

describe('work under a lease', () => {
  let store: Store;
  let close: () => Promise<void>;
  let now: number;
  beforeEach(async () => {
    ({ store, close } = await openTemporaryStore());
    now = 0;
    mock.timers.enable({ apis: ['setInterval'] });
  });
  afterEach(async () => {
    mock.timers.reset();
    await close();
  });

  const engineOf = (owner: string) => ({
    ...{ store, owner, now: () => now },
    sleep: async () => undefined,
  });
  const work = <T>(owner: string, of: (signal: AbortSignal) => Promise<T>) => {
    const request = { signal: new AbortController().signal };
    return underLease(engineOf(owner), request, (held) => of(held.signal));
  };
  /** Some time passes, and the lease is renewed as far as it can be. */
  const pass = async (ms: number) => {
    now += ms;
    mock.timers.tick(ms);
    await new Promise((resolve) => setTimeout(resolve, 5));
  };

  const holder = async () => (await store.runs.leased(now))[0]?.owner;

  it('goes on for as long as it takes', async () => {
    await work('here/1/a', async (lost) => {
      for (let time = 0; time < 9; time++) await pass(MINUTE / 3);
      assert.equal(lost.aborted, false);
      const isFree = await store.runs.lease(LEASE, 'there/1/b', now, MINUTE);
      assert.equal(isFree, null, 'nobody else gets it');
    });
    assert.equal(await holder(), undefined);
  });

  it('is one at a time in one process too, whose dashboard and schedule have one owner', async () => {
    await work('here/1/a', async () => {
      await assert.rejects(
        work('here/1/a', async () => undefined),
        { code: 'BUSY' },
      );
      assert.equal(await holder(), 'here/1/a', 'who was refused has given nothing back');
    });
    await work('here/1/a', async () => undefined);
  });

  it('is told to stop where whoever asked for it says so', async () => {
    const stop = new AbortController();
    await underLease(engineOf('here/1/a'), stop, async ({ signal }) => {
      assert.equal(signal.aborted, false);
      stop.abort();
      assert.equal(signal.aborted, true);
    });
  });

  it('is told to stop where another process has taken over', async () => {
    await work('here/1/a', async (lost) => {
      now += 2 * MINUTE;
      assert.equal((await store.runs.lease(LEASE, 'there/1/b', now, MINUTE))?.term, 2);
      await pass(MINUTE / 3);
      assert.ok(lost.reason instanceof Failure);
      assert.equal(lost.reason.code, 'LEASE_LOST');
    });
    assert.equal(await holder(), 'there/1/b', 'it is not ours to give back');
  });

  it('is told to stop where the store does not answer until the lease has run out', async () => {
    const { lease } = store.runs;
    await work('here/1/a', async (lost) => {
      store.runs.lease = () => new Promise(() => undefined);
      for (let time = 0; time < 3; time++) {
        assert.equal(lost.aborted, false);
        await pass(MINUTE / 3);
      }
      await pass(MINUTE / 3);
      assert.equal(lost.aborted, true);
      store.runs.lease = lease;
    });
  });

  it('changes nothing any more where another process has taken over', async () => {
    const late = work('here/1/a', async () => {
      now += 2 * MINUTE;
      await store.runs.lease(LEASE, 'there/1/b', now, MINUTE);
      await store.putValue('late', true);
    });
    await assert.rejects(late, { code: 'LEASE_LOST' });
    assert.equal(await store.getValue('late'), null);
  });

  it('waits for whoever conducts a target, and is refused where that lasts', async () => {
    await store.runs.lease('target lms:x', 'there/1/b', now, MINUTE);
    await assert.rejects(
      work('here/1/a', async () => undefined),
      { code: 'BUSY', message: 'another process delivers to lms:x' },
    );
    const { signal } = new AbortController();
    const sleep = async () => {
      now += MINUTE / 2;
    };
    const engine = { ...engineOf('here/1/a'), sleep };
    await underLease(engine, { signal }, async () => undefined, 5 * MINUTE);
  });

  it('conducts a target when nobody else does, and nobody reads', async () => {
    const waits: string[] = [];
    const { signal } = new AbortController();
    const leases = ['target lms:x', LEASE];
    for (const name of leases) await store.runs.lease(name, 'there/1/b', now, MINUTE);
    const sleep = async () => {
      const name = leases.pop() ?? '';
      waits.push(name);
      await store.runs.release(name, 'there/1/b');
    };
    const engine = { ...engineOf('here/1/a'), sleep };
    await underTarget(engine, 'lms:x', 'lms', { signal }, async () => {
      assert.deepEqual(waits, [LEASE, 'target lms:x']);
      assert.equal(await holder(), 'here/1/a');
    });
  });
});
