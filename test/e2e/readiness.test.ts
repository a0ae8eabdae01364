import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { skolnav } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

describe('what is not ready on this machine', () => {
  let world: World;
  const check = (more: Readonly<Record<string, string>> = {}, ...args: readonly string[]) =>
    skolnav(['-C', world.folder, 'check', ...args], { ...world.environment, ...more });

  beforeEach(async () => {
    world = await World.open();
    const register = join(world.folder, 'data', 'register');
    await publish(register, smallTown('ber-20260901', numbers(1, 5)));
  });
  afterEach(() => world.close());

  it('is asked of every system with check --connect, which says who lets us in', async () => {
    const { out, code } = await check({}, '--connect');
    assert.equal(code, 0, out);
    for (const module of ['register', 'collaboration', 'identity']) {
      assert.match(out, new RegExp(`^${module}: answers$`, 'm'));
    }
    const wrong = { SECRET: 'another than the one agreed upon' };
    const refused = await check(wrong, '--connect', '--language', 'sv');
    assert.equal(refused.code, 1);
    assert.match(refused.out, /^register: svarar$/m);
    assert.match(refused.out, /^identity: CREDENTIALS .*\n {2}Lägg /m);
    assert.doesNotMatch(refused.out, /agreed upon/);
  });

  it('is a folder that is not there, which check names, and whose hint speaks of no sender', async () => {
    await rm(join(world.folder, 'data', 'collaboration'), { recursive: true });
    const { out } = await check();
    assert.doesNotMatch(out, /^No faults/m);
    assert.match(out, /the folder data\/collaboration of module "collaboration" is not there/);
    const swedish = await check({ SECRET: '' }, '--language', 'sv');
    assert.deepEqual(swedish.out.trim().split('\n'), [
      'Filerna har inga fel.',
      'Innan det kan köras här: miljövariabeln SECRET är inte satt.',
      'Innan det kan köras här: mappen data/collaboration för modulen "collaboration" finns inte.',
    ]);
    const { problem } = runOf(await world.sync(), 'collaboration');
    assert.equal(problem?.code, 'FILE_MISSING');
    assert.doesNotMatch(problem?.hint ?? '', /sender/);
    await mkdir(join(world.folder, 'data', 'collaboration'));
    assert.match((await check()).out, /^No faults\./m);
  });

  it('is an option that is not what it must be once its reference is replaced', async () => {
    const wrong = await check({ LMS_URL: 'hemlig.example/service' });
    assert.equal(wrong.code, 1);
    assert.match(wrong.out, /module "lms": the option url must be an address/);
    assert.doesNotMatch(wrong.out, /hemlig/);
    world.environment['LMS_URL'] = 'hemlig.example/service';
    const clear = await check({ LMS_URL: 'http://hemlig.example/service' });
    assert.equal(clear.code, 0);
    assert.match(clear.out, /^module "lms": url begins with http: /m);
    assert.doesNotMatch(clear.out, /hemlig/);
    const report = await world.sync();
    const { outcome, problem } = runOf(report, 'lms');
    assert.deepEqual([outcome, problem?.code], ['held', 'CONFIG_INVALID']);
    assert.equal(runOf(report, 'identity').outcome, 'done');
  });
});
