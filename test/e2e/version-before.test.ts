import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pending } from '../pending.ts';
import { filesOf } from '../version-files.ts';
import { skolnavIn } from './skolnav.ts';
import { World } from './world.ts';

const run = promisify(execFile);
/** The last version before the house was rebuilt: its workspaces are out there. */
const BEFORE = '4c5e9b4';

describe('a workspace of the version before', () => {
  let folder: string;
  let world: World;

  before(async function () {
    folder = await mkdtemp(join(tmpdir(), 'skolnav-before-'));
    const old = await filesOf(BEFORE, folder);
    if (old === null) pending(this, `the history of this clone has no ${BEFORE}`);
    world = await World.open();
    // As it was written for that version: what is missing goes the same night there.
    const config = await readFile(join(world.folder, 'config', 'hub.yaml'), 'utf8');
    await world.write('config/hub.yaml', config.replace(/^sources:.*\n/m, ''));
    await world.night(1, 100);
    const env = { ...process.env, ...world.environment };
    const command = [join(old, 'scripts', 'skolnav.ts'), '-C', world.folder, 'sync'];
    await run(process.execPath, command, { env });
  });
  after(async () => {
    await world?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const accounts = () =>
    [...world.identity.directory.of('Users').values()].map(({ id, active }) => `${id} ${active}`);

  const approveAll = () =>
    world.withHub(async ({ control }) => {
      for (const { id } of await control.holds('open')) {
        const word = { approve: true, who: 'Kim', reason: 'a new version', units: null };
        await control.decideHolds([id], word);
      }
    });

  it('has no fault in its files', async () => {
    const { out, code } = await skolnavIn(world, 'check');
    assert.equal(code, 0, out);
  });

  it('opens with all that it knew: nobody is made anew, and nobody is taken away', async () => {
    world.now = Date.now();
    const before = accounts();
    // What the mappings give by now is more: so many updates wait for a person.
    await world.sync();
    await approveAll();
    for (const { subject, outcome, counts } of (await world.sync()).flows) {
      const made = [counts['create'] ?? 0, counts['delete'] ?? 0, counts['failed'] ?? 0];
      assert.deepEqual([subject, outcome, made], [subject, 'done', [0, 0, 0]]);
    }
    assert.deepEqual(accounts(), before);
    for (const { counts } of await world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
  });

  it('goes on with the next night', async () => {
    const { changes } = await world.night(2, 100);
    world.now = Date.now();
    const before = accounts();
    for (const { subject, outcome, counts } of (await world.sync()).flows) {
      assert.deepEqual([subject, outcome, counts['failed'] ?? 0], [subject, 'done', 0]);
    }
    const kept = accounts().filter((one) => before.includes(one));
    assert.ok(before.length - kept.length <= changes.length);
  });
});
