import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { skolnavIn } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'add-a-system.md');
const BLOCK = /^```(\w+) (\S+)\n(.*?)^```$/gms;

/** The blocks of the page that name a file, by its path. */
async function blocks(): Promise<ReadonlyMap<string, string>> {
  const page = await readFile(PAGE, 'utf8');
  return new Map([...page.matchAll(BLOCK)].map(([, , path = '', text = '']) => [path, text]));
}

describe('docs/add-a-system.md, done as it says', () => {
  let world: World;

  before(async () => {
    world = await World.open();
    await world.quicken();
    await publish(join(world.folder, 'data', 'register'), smallTown('ber-20260901', numbers(1, 3)));
    const files = await blocks();
    assert.equal(files.size, 5);
    for (const [path, text] of files) {
      if (path === 'config/hub.yaml') await world.reconfigure('modules:\n', `modules:\n${text}`);
      else if (path.startsWith('flows/')) {
        const flow = await readFile(join(world.folder, path), 'utf8');
        await world.write(path, flow.replace('from: register\n', text));
      } else await world.write(path, text);
    }
  });
  after(() => world.close());

  it('has no faults, and its mappings pass their tests', async () => {
    const check = await skolnavIn(world, 'check');
    assert.deepEqual([check.code, /^No faults/.test(check.out)], [0, true], check.out);
    const test = await skolnavIn(world, 'test');
    assert.equal(test.code, 0, test.out);
  });

  it('rehearses the courses, and delivers them', async () => {
    const dry = await skolnavIn(world, 'sync', '--flow', 'lms', '--dry-run');
    assert.equal(dry.code, 0, dry.out);
    const sync = await skolnavIn(world, 'sync', '--flow', 'lms');
    assert.equal(sync.code, 0, sync.out);
    const held = world.lms.site.dump();
    for (const name of ['Gitarr nybörjare', 'Teater']) assert.ok(held.includes(name), name);
  });

  it('sets a bad row aside alone', async () => {
    const path = 'data/kulturskolan/kurser-2026-09-01.csv';
    const text = await readFile(join(world.folder, path), 'utf8');
    await world.write(path, text.replace('\n18;', '\n?;'));
    await skolnavIn(world, 'sync', '--flow', 'lms');
    const failed = await skolnavIn(world, 'failed');
    assert.match(failed.out, /kurser-2026-09-01\.csv.*4|line 4/);
    assert.ok(world.lms.site.dump().includes('Teater'));
  });
});
