import assert from 'node:assert/strict';
import { mkdtemp, open, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeStore } from '../../../test/contract/store.contract.ts';
import { applyAll, partOf, SOURCE } from '../../../test/contract/store-fixtures.ts';
import { Failure } from '../../failure/failure.ts';
import type { Store } from '../store.ts';
import { openSqliteStore } from './sqlite-store.ts';

/** Bytes of a page of SQLite. */
const PAGE = 4096;

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

  it('takes in what an older version has committed, whose stage has no prints', async () => {
    const file = join(folder, 'skolnav.db');
    const before = await openSqliteStore({ file });
    await before.intake.open('run-1', SOURCE);
    await before.intake.stage('run-1', [partOf('p1')]);
    await before.intake.commit('run-1', SOURCE, {});
    await before.close();
    const stage = new DatabaseSync(`${file}-stage`);
    stage.exec('ALTER TABLE stage DROP COLUMN print');
    stage.close();
    const store = await openSqliteStore({ file });
    await applyAll(store, 'run-1');
    assert.deepEqual(await store.intake.countParts(SOURCE), { person: 1 });
    await store.close();
  });

  it('has pages that hold its rows, and one with smaller pages is opened as it is', async () => {
    const file = join(folder, 'skolnav.db');
    await (await openSqliteStore({ file })).close();
    const pageBytes = (at: string): unknown => {
      const database = new DatabaseSync(at, { readOnly: true });
      const row = database.prepare('PRAGMA page_size').get();
      database.close();
      return row?.['page_size'];
    };
    assert.equal(pageBytes(file), 16_384);
    const old = join(folder, 'old.db');
    const database = new DatabaseSync(old);
    database.exec('PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; CREATE TABLE other (a)');
    database.close();
    const store = await openSqliteStore({ file: old });
    await store.putValue('kept', 1);
    assert.equal(await store.getValue('kept'), 1);
    await store.close();
    assert.equal(pageBytes(old), 4096);
  });

  it('that is no database is refused and left as it is', async () => {
    const file = join(folder, 'skolnav.db');
    await writeFile(file, 'something else entirely, and long enough to look like a header');
    await assert.rejects(openSqliteStore({ file }), refusal);
  });

  it('in a folder that is not there is refused', async () => {
    await assert.rejects(openSqliteStore({ file: join(folder, 'none', 'skolnav.db') }), refusal);
  });

  for (const isCommitted of [false, true]) {
    it(`outlives a stage that a kill has spoilt${isCommitted ? ' under a committed run' : ''}`, async () => {
      const file = join(folder, 'skolnav.db');
      const parts = Array.from({ length: 2000 }, (_, at) => partOf(`p${at}`));
      const killed = await openSqliteStore({ file });
      await killed.intake.open('run-1', SOURCE);
      await killed.intake.stage('run-1', parts);
      if (isCommitted) await killed.intake.commit('run-1', SOURCE, {});
      await spoil(`${file}-stage`);
      const next = await openSqliteStore({ file });
      assert.deepEqual(await next.intake.committed(), []);
      await next.intake.open('run-2', SOURCE);
      await next.intake.stage('run-2', parts);
      await next.intake.commit('run-2', SOURCE, {});
      await applyAll(next, 'run-2');
      assert.equal(await next.entities.count('person'), parts.length);
      await next.close();
      await killed.close();
    });
  }
});

/** Leaves what is read when it is opened, and noise in every other page after that. */
async function spoil(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  const { size } = await handle.stat();
  for (let at = 9 * PAGE; at < size; at += 2 * PAGE) {
    await handle.write(Buffer.alloc(PAGE, 'noise'), 0, PAGE, at);
  }
  await handle.close();
}
