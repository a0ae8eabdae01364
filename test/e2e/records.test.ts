import assert from 'node:assert/strict';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openHub, silentLog } from '../../core/hub.ts';
import { openRecords } from '../../core/records.ts';
import { importsOf } from '../../scripts/checks/floors.ts';
import { CONFIG, SpoiltWorkspace } from './spoilt-workspace.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('what the hub remembers of its own work', () => {
  let spoilt: SpoiltWorkspace;
  beforeEach(async () => {
    spoilt = await SpoiltWorkspace.open();
  });
  afterEach(() => spoilt.remove());

  it('can be looked at while a mapping has a fault', async () => {
    await spoilt.write('mappings/scim/user.yaml', 'from: nobody.v1\n');
    assert.notDeepEqual(await spoilt.lints(), []);
    const { records, close } = await openRecords(spoilt.folder, {});
    assert.deepEqual([await records.runs(1), await records.holds()], [[], []]);
    await close();
  });

  it('cannot while nobody knows where it is: a faulty config/hub.yaml is refused', async () => {
    const { close } = await openRecords(spoilt.folder, {});
    await close();
    await spoilt.write('config/hub.yaml', 'backend: embedded\n');
    await assert.rejects(openRecords(spoilt.folder, {}), /modules is missing/);
  });

  it('is where config/hub.yaml says now, and in its time zone', async () => {
    await (await openRecords(spoilt.folder, {})).close();
    await spoilt.write('config/hub.yaml', `data: elsewhere\ntimeZone: Europe/London\n${CONFIG}`);
    const { timeZone, close } = await openRecords(spoilt.folder, {});
    await close();
    assert.equal(timeZone, 'Europe/London');
    assert.ok((await stat(join(spoilt.folder, 'elsewhere', 'skolnav.db'))).isFile());
  });

  it('is found anew where what was noted of it is damaged, or another folder’s', async () => {
    const noted = join(spoilt.folder, 'data', 'standing');
    await (await openRecords(spoilt.folder, {})).close();
    assert.equal((await stat(noted)).mode & 0o777, 0o600);
    const text = await readFile(noted, 'utf8');
    const other = join(spoilt.folder, 'moved');
    for (const damaged of [text.replaceAll(spoilt.folder, other), text.slice(0, -9), '', '{}']) {
      await writeFile(noted, damaged);
      await (await openRecords(spoilt.folder, {})).close();
      assert.equal(await readFile(noted, 'utf8'), text);
    }
    const moved = await SpoiltWorkspace.open();
    await mkdir(join(moved.folder, 'data'));
    await writeFile(join(moved.folder, 'data', 'standing'), text);
    await (await openRecords(moved.folder, {})).close();
    assert.ok((await stat(join(moved.folder, 'data', 'skolnav.db'))).isFile());
    await moved.remove();
  });

  describe('findings', () => {
    /** What is found, and how often a hub was opened for it. */
    async function found(): Promise<readonly [codes: readonly string[], opened: number]> {
      let opened = 0;
      const { look, close } = await openRecords(spoilt.folder, {});
      const looks = look(() => {
        opened += 1;
        return openHub({ folder: spoilt.folder, log: silentLog, environment: {} });
      });
      const all = await looks.then(({ findings }) => findings()).finally(close);
      return [all.map(({ code, subject }) => `${code} ${subject}`), opened];
    }

    async function pause(flow: string): Promise<void> {
      const hub = await openHub({ folder: spoilt.folder, log: silentLog, environment: {} });
      await hub.control.pause({ flow, who: 'Kim', reason: 'a test' });
      await hub.close();
    }

    it('are the same without a hub, as long as no file has changed', async () => {
      await pause('identity');
      assert.deepEqual(await found(), [['FLOW_PAUSED flow identity'], 1]);
      assert.deepEqual(await found(), [['FLOW_PAUSED flow identity'], 0]);
    });

    it('go by each file as it is now', async () => {
      await pause('identity');
      await found();
      await rename(join(spoilt.folder, 'flows/identity.yaml'), join(spoilt.folder, 'flows/p.yaml'));
      assert.deepEqual(await found(), [[], 1]);
      await pause('p');
      assert.deepEqual(await found(), [['FLOW_PAUSED flow p'], 0]);
      await spoilt.write('mappings/scim/user.yaml', 'from: nobody.v1\n');
      await assert.rejects(found(), { code: 'CONFIG_INVALID' });
    });
  });
});

describe('a command that only looks', () => {
  /** Packages that are read with these files, whatever is called. */
  async function packagesOf(...files: readonly string[]): Promise<ReadonlySet<string>> {
    const [seen, packages] = [new Set<string>(), new Set<string>()];
    const left = [...files];
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      const text = await readFile(join(ROOT, path), 'utf8');
      const loaded = text.replaceAll(/^(import|export) type [^;]*;|\bimport\('[^']*'\)/gm, '');
      for (const { to, isOwn } of importsOf({ path, text: loaded })) {
        if (isOwn) left.push(to);
        else packages.add(to);
      }
    }
    assert.ok(seen.size > 40, 'the imports are followed');
    return packages;
  }

  it('loads nothing that reads or checks files: it answers in a third of a second', async () => {
    const commands = ['runs', 'findings', 'schedule', 'workers', 'digest'].map(
      (name) => `scripts/commands/${name}.ts`,
    );
    const packages = await packagesOf('scripts/commands/run-command.ts', ...commands);
    const others = [...packages].filter((name) => !name.startsWith('node:'));
    assert.deepEqual(others, ['commander']);
    // Whoever asks for a name of it reads all of what fetches.
    assert.ok(!packages.has('node:http'));
  });
});
