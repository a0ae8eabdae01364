import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { openTemporaryStore } from '../../../test/contract/temporary-store.ts';
import type { Store } from '../../store/store.ts';
import { servingAlone } from './serving-alone.ts';

type Serving = Parameters<typeof servingAlone>[0];

describe('a workspace that is served', () => {
  let store: Store;
  let close: () => Promise<void>;

  beforeEach(async () => {
    ({ store, close } = await openTemporaryStore());
  });
  afterEach(() => close());

  const engineOf = (owner: string, cluster: object | null = null): Serving => {
    const workspace = { config: { cluster } };
    // SAFETY: nothing else of a workspace is asked for.
    return { store, owner, now: () => 1000, workspace } as unknown as Serving;
  };
  const { signal } = new AbortController();
  const mine = `${hostname()}/${process.pid}/a`;

  it('is served by one process; another is told which, and can when that has ended', async () => {
    const other = engineOf(`${hostname()}/${process.ppid}/b`);
    await servingAlone(engineOf(mine), signal, async () => {
      await assert.rejects(
        servingAlone(other, signal, async () => undefined),
        {
          code: 'BUSY',
          message: new RegExp(`process ${hostname()}/${process.pid} serves this workspace already`),
        },
      );
    });
    let isServed = false;
    await servingAlone(other, signal, async () => {
      isServed = true;
    });
    assert.ok(isServed);
  });

  it('is served by any number on a cluster, and after one that was killed', async () => {
    await store.runs.lease('serving', `${hostname()}/999999999/gone`, 1000, 20_000);
    let count = 0;
    await servingAlone(engineOf(mine), signal, async () => {
      await servingAlone(engineOf('elsewhere/1/c', {}), signal, async () => {
        count += 1;
      });
    });
    assert.equal(count, 1);
  });
});
