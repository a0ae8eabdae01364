import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../failure/failure.ts';
import { keepProtectedMarks } from '../../run/prepare-stored.ts';
import { loadCanonicalSchemas } from '../../schema/canonical-schemas.ts';
import { MIGRATIONS } from './schema.ts';
import { openSqliteStore } from './sqlite-store.ts';

const SCHEMAS = join(import.meta.dirname, '..', '..', '..', 'schemas', 'canonical');
const KIM = { id: 'kim', givenName: 'Kim', securityMarking: 'Ingen' };
const ROBIN = { id: 'robin', givenName: 'Robin', securityMarking: 'Sekretessmarkering' };
/** The first version that kept what a run has committed in a file of its own. */
const OWN_STAGE = MIGRATIONS.findIndex((sql) => sql.includes('DROP TABLE stage')) + 1;

describe('a database of an older version', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-upgrade-'));
    file = join(folder, 'skolnav.db');
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** As that version left it: two persons, one object delivered, and a run committed by a crash. */
  function leave(version: number): void {
    const database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = WAL');
    for (const sql of MIGRATIONS.slice(0, version)) database.exec(sql);
    const insert = 'INSERT INTO entity (kind, id, hash, content) VALUES (?, ?, ?, ?)';
    for (const person of [KIM, ROBIN]) {
      database.prepare(insert).run('person', person.id, person.id, JSON.stringify(person));
    }
    database.exec(`INSERT INTO name (text) VALUES ('identity:scim'), ('User'), ('person');
      INSERT INTO ledger (target, object_kind, origin_kind, origin_id, key, hash, object, run,
        confirmed_at)
      VALUES (1, 2, 3, 'kim', 'k', 'h', '{"name":"Kim"}', 'run-1', 7);
      INSERT INTO checkpoint VALUES ('register', '', '"read"'), ('portal', '', '"read"');
      INSERT INTO intake (run, source, sealed) VALUES ('run-2', 'register', 1);
      PRAGMA user_version = ${version}`);
    database.close();
  }

  for (let version = 1; version < MIGRATIONS.length; version++) {
    it(`${version} is brought up to date: nothing is lost, and what is protected is known`, async () => {
      leave(version);
      const store = await openSqliteStore({ file });
      await keepProtectedMarks(store, await loadCanonicalSchemas([SCHEMAS]));
      const [kim] = await store.entities.get('person', ['kim']);
      assert.deepEqual(kim?.entity, KIM);
      const found = await store.entities.protected('person');
      assert.deepEqual(
        found.map(({ entity }) => entity.id),
        ['robin'],
      );
      const [row] = await store.ledger.byKeys('identity:scim', 'User', ['k']);
      assert.deepEqual([row?.object, row?.unit, row?.suspendedSince], [{ name: 'Kim' }, '', null]);
      assert.equal(await store.intake.checkpoint('portal', ''), 'read');
      await store.close();
    });
  }

  it('that had committed a run reads its source again: the stage is not where it was', async () => {
    leave(OWN_STAGE - 1);
    const store = await openSqliteStore({ file });
    assert.deepEqual(await store.intake.committed(), []);
    assert.equal(await store.intake.checkpoint('register', ''), null);
    await store.close();
  });

  it('is refused by an older program, and left as it is', async () => {
    leave(MIGRATIONS.length);
    const database = new DatabaseSync(file);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    database.close();
    const isNewer = (error: unknown) => error instanceof Failure && error.code === 'STORE_NEWER';
    await assert.rejects(openSqliteStore({ file }), isNewer);
  });
});
