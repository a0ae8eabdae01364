import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from '../e2e/small-town.ts';
import { runOf, World } from '../e2e/world.ts';

/** The sender cuts a night's file short: at every line, with and without a marker that vouches. */
describe('a night file that is cut at any line', () => {
  let world: World;
  const register = () => join(world.folder, 'data', 'register');

  before(async () => {
    world = await World.open();
    await publish(register(), smallTown('ber-20260901', numbers(1, 4)));
    await world.sync();
  });
  after(() => world.close());

  for (const isVouchedFor of [false, true]) {
    it(`changes nothing${isVouchedFor ? ', even if its marker vouches for what is left' : ''}`, async () => {
      const before = await world.picture();
      const town = smallTown('ber-20260902', numbers(2, 5));
      for (const suffix of ['.xml', '-konto.csv']) {
        await publish(register(), town);
        const file = join(register(), `ber-20260902${suffix}`);
        const lines = (await readFile(file, 'utf8')).split(/(?<=\n)/);
        for (let kept = 0; kept < lines.length; kept++) {
          await publish(register(), town);
          const text = lines.slice(0, kept).join('');
          await writeFile(file, text);
          if (isVouchedFor) await vouch(file, text);
          const run = runOf(await world.sync(), 'register');
          assert.equal(run.outcome, 'failed', `${suffix} cut after ${kept} lines`);
          assert.deepEqual(await world.picture(), before, `${suffix} cut after ${kept} lines`);
        }
        await clear();
      }
    }).timeout(120_000);
  }

  /** Size and digest of what is left, with the count of records that there should be. */
  async function vouch(file: string, text: string): Promise<void> {
    const marker = join(register(), 'ber-20260902.done');
    const name = file.slice(file.lastIndexOf('/') + 1);
    const lines = (await readFile(marker, 'utf8')).trim().split('\n');
    const anew = lines.map((line) => {
      const [, , records = '', named = ''] = line.split(' ');
      if (named !== name) return line;
      const digest = createHash('sha256').update(text).digest('hex');
      return `${digest} ${Buffer.byteLength(text)} ${records} ${named}`;
    });
    await writeFile(marker, `${anew.join('\n')}\n`);
  }

  async function clear(): Promise<void> {
    for (const name of await readdir(register())) {
      if (name.startsWith('ber-20260902')) await rm(join(register(), name));
    }
  }
});
