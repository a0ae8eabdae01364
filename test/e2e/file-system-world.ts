import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyncReport } from '../../core/control/control-bus.ts';
import type { Entity } from '../../core/message/message.ts';
import type { Run } from '../../core/store/run-store.ts';
import { planCity } from '../../scripts/generate/city.ts';
import { writeSystems } from '../../scripts/generate/systems/write-systems.ts';
import { runOf, World } from './world.ts';

const PUPILS = 300;
const FIRST_DAY = '2026-09-01';

/** A city's first night with its register, and one of the systems that send declared files. */
export class FileSystemWorld {
  readonly world: World;
  readonly system: string;
  /** The report of the first night. */
  readonly first: SyncReport;

  private constructor(world: World, system: string, first: SyncReport) {
    this.world = world;
    this.system = system;
    this.first = first;
  }

  /** The first night of both is taken in, and delivered. */
  static async open(system: string): Promise<FileSystemWorld> {
    const world = await World.open();
    await world.quicken();
    const flows = join(world.folder, 'flows');
    for (const name of await readdir(flows)) {
      const text = await readFile(join(flows, name), 'utf8');
      const from = `from: [register, ${system}]`;
      await writeFile(join(flows, name), text.replace('from: register', from));
    }
    const options = `files: { folder: data/systems/${system} }, layout: ${system}`;
    const binding = `  ${system}: { connector: files, mappings: ${system}, options: { ${options} } }\n`;
    await world.reconfigure('modules:\n', `modules:\n${binding}`);
    await world.night(1, PUPILS);
    const city = planCity({ pupils: PUPILS, seed: 'world', date: FIRST_DAY });
    await writeSystems(city, FIRST_DAY, join(world.folder, 'data', 'systems'));
    return new FileSystemWorld(world, system, await world.sync());
  }

  /** The system's run in a report; of the first night unless said otherwise. */
  runOf(report: SyncReport = this.first): Run {
    return runOf(report, this.system);
  }

  /** Fails unless the first night was taken in and delivered whole, and nothing is left to do. */
  async assertQuiet(): Promise<void> {
    for (const { subject, outcome, counts } of [...this.first.intakes, ...this.first.flows]) {
      const names = ['quarantined', 'invalid', 'parked', 'failed', 'blocked'];
      const problems = names.filter((name) => (counts[name] ?? 0) > 0);
      assert.deepEqual([subject, outcome, problems], [subject, 'done', []]);
    }
    for (const { counts } of await this.world.plan()) {
      assert.deepEqual(counts, { create: 0, update: 0, delete: 0 });
    }
  }

  /** All canonical entities of a kind. */
  async entities(kind: string): Promise<readonly Entity[]> {
    return this.world.withHub(async ({ engine }) => {
      const found = (await Array.fromAsync(engine.store.entities.scan(kind))).flat();
      return found.map(({ entity }) => entity);
    });
  }

  /** Text of the system's file whose name begins so; its bytes are read as one letter each. */
  async text(prefix: string): Promise<string> {
    return readFile(await this.#file(prefix), 'latin1');
  }

  /** Puts another text into the place of one that the file must hold. */
  async change(prefix: string, from: string | RegExp, to: string): Promise<void> {
    const file = await this.#file(prefix);
    const text = await readFile(file, 'latin1');
    const changed = text.replace(from, to);
    assert.notEqual(changed, text, `${prefix} holds what is to be replaced`);
    await writeFile(file, changed, 'latin1');
  }

  async #file(prefix: string): Promise<string> {
    const folder = join(this.world.folder, 'data', 'systems', this.system);
    const name = (await readdir(folder)).find((one) => one.startsWith(prefix));
    assert.ok(name !== undefined, `a file ${prefix}...`);
    return join(folder, name);
  }

  close(): Promise<void> {
    return this.world.close();
  }
}
