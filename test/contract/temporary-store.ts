import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../core/store/sqlite/sqlite-store.ts';
import type { Store } from '../../core/store/store.ts';

/** A store in a folder of its own, which goes when the test does. */
export async function openTemporaryStore(): Promise<{
  readonly store: Store;
  readonly close: () => Promise<void>;
}> {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-store-'));
  const store = await openSqliteStore({ file: join(folder, 'skolnav.db') });
  const close = async () => {
    await store.close();
    await rm(folder, { recursive: true });
  };
  return { store, close };
}
