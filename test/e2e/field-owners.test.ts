import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { bindPortal, tellPortal } from './portal.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

/** Two sources give a person a name: whose word counts, the configuration says. */
describe('an owner of a field who is another from today on', () => {
  let world: World;

  before(async () => {
    world = await World.open();
    await publish(join(world.folder, 'data', 'register'), smallTown('ber-20260901', numbers(1, 3)));
    await bindPortal(world, 'givenName', '{ take: value }');
    await tellPortal(world, { p1: 'Robin', p2: 'Kim', p3: 'Kim' });
    await world.sync();
  });
  after(() => world.close());

  const names = () =>
    [...world.identity.directory.of('Users').values()]
      .map(({ displayName }) => String(displayName))
      .sort();
  const robins = ['Kim Ek', 'Kim Ek', 'Robin Ek'];

  it('is heard at every person with the next sync, although no source sends anything new', async () => {
    assert.deepEqual(names(), robins);
    await world.reconfigure('givenName: portal', 'givenName: register');
    await world.sync();
    assert.deepEqual(names(), ['Kim Ek', 'Kim Ek', 'Kim Ek']);
    await world.reconfigure('givenName: register', 'givenName: portal');
    await world.sync();
    assert.deepEqual(names(), robins);
  });

  it('is no reason to merge anew a second time', async () => {
    const steps = new Set<string>();
    await world.withHub(({ control }) =>
      control.sync({
        ...{ flow: null, deliver: true, patienceMs: 0, signal: new AbortController().signal },
        onProgress: ({ step }) => void steps.add(step),
      }),
    );
    assert.equal(steps.has('merge anew'), false);
  });

  it('and who only supplements makes nobody by being more than that', async () => {
    const text = await readFile(join(world.folder, 'mappings', 'portal', 'word.yaml'), 'utf8');
    await world.write('mappings/portal/word.yaml', text.replace('supplement: true\n', ''));
    await world.sync();
    assert.deepEqual(names(), robins);
  });

  it('of whom another comes next is not missed where the first does not know a person', async () => {
    world.now += 86_400_000;
    const register = join(world.folder, 'data', 'register');
    await publish(register, smallTown('ber-20260902', numbers(1, 4)));
    await world.sync();
    assert.deepEqual(names(), robins, 'the fourth has no name that counts');
    await world.reconfigure('givenName: portal', 'givenName: [portal, register]');
    await world.sync();
    assert.deepEqual(names(), ['Kim Ek', ...robins]);
  });
});
