import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeStore } from '../../../test/contract/store.contract.ts';
import { Failure } from '../../failure/failure.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './sqlite-store.ts';

describeStore('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'skolnav-store-'));
  const opened: Store[] = [];
  const open = async () => {
    const store = await openSqliteStore({ file: join(folder, 'skolnav.db') });
    opened.push(store);
    return store;
  };
  return {
    store: await open(),
    reopen: open,
    close: async () => {
      for (const store of opened) await store.close();
      await rm(folder, { recursive: true });
    },
  };
});

describe('the SQLite file', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-store-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const refusal = (error: unknown) => error instanceof Failure && error.code === 'STORE_UNUSABLE';

  it('is readable by its owner alone', async () => {
    const store = await openSqliteStore({ file: join(folder, 'skolnav.db') });
    assert.equal((await stat(join(folder, 'skolnav.db'))).mode & 0o077, 0);
    await store.close();
  });

  it('that is no database is refused and left as it is', async () => {
    const file = join(folder, 'skolnav.db');
    await writeFile(file, 'something else entirely, and long enough to look like a header');
    await assert.rejects(openSqliteStore({ file }), refusal);
  });

  it('in a folder that is not there is refused', async () => {
    await assert.rejects(openSqliteStore({ file: join(folder, 'none', 'skolnav.db') }), refusal);
  });
});
