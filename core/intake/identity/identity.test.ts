import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts';
import { Identity } from './identity.ts';

describe('the identities of a workspace', () => {
  it('are the same for two processes that start a new one at the same time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'skolnav-identity-'));
    const file = join(folder, 'skolnav.db');
    const stores = [await openSqliteStore({ file }), await openSqliteStore({ file })];
    try {
      const [one, other] = await Promise.all(stores.map((store) => Identity.open(store)));
      const id = one?.ownIdOf('register', 'person', '17');
      assert.ok(id !== undefined);
      assert.equal(other?.ownIdOf('register', 'person', '17'), id);
    } finally {
      for (const store of stores) await store.close();
      await rm(folder, { recursive: true });
    }
  });
});
