import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { failure } from '../../connectors/scim/simulator-directory.ts';
import { skolnav } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

const SIGNAL = new AbortController().signal;

/** A portal that has users alone, or shows nothing else. */
describe('what a target is asked that it holds', () => {
  let world: World;
  let asked: string[];
  let refused: readonly string[];

  beforeEach(async () => {
    world = await World.open();
    await world.quicken();
    await publish(join(world.folder, 'data', 'register'), smallTown('ber-20260901', numbers(1, 3)));
    asked = [];
    refused = [];
    const { directory } = world.identity;
    const usual = directory.handle.bind(directory);
    directory.handle = (method, url, body, ifMatch) => {
      const endpoint = url.pathname.split('/').at(3) ?? '';
      if (method === 'GET') asked.push(endpoint);
      return method === 'GET' && refused.includes(endpoint)
        ? { status: 400, body: failure(400, 'not here') }
        : usual(method, url, body, ifMatch);
    };
  });
  afterEach(() => world.close());

  const drift = () =>
    world.withHub(({ control }) =>
      control.drift({ flow: 'identity', repair: false, who: 'Kim', signal: SIGNAL }),
    );
  const adopt = (choose: ReadonlyMap<string, string> = new Map()) =>
    world.withHub(({ control }) =>
      control.adopt({ flow: 'identity', apply: false, choose, who: 'Kim', signal: SIGNAL }),
    );

  it('is what the flow makes, and no kind that it never makes', async () => {
    await world.sync('identity');
    asked = [];
    await drift();
    await adopt();
    assert.deepEqual(new Set(asked), new Set(['Users', 'Groups']));
  });

  it('is told of the other kinds where it refuses one, with the reason, and that is no good end', async () => {
    await world.sync('identity');
    for (const one of world.identity.directory.of('Users').values()) one['displayName'] = 'other';
    refused = ['Groups'];
    const report = await drift();
    assert.deepEqual(
      report?.drifts.map(({ objectKind }) => objectKind),
      ['User', 'User', 'User'],
    );
    assert.deepEqual(
      report?.unread.map(({ objectKind, problem }) => [objectKind, problem.code]),
      [['Group', 'TARGET_REFUSED']],
    );
    const said = await skolnav(['-C', world.folder, 'drift', 'identity'], world.environment);
    assert.match(said.out, /Group: not known\. TARGET_REFUSED/);
    assert.equal(said.code, 1);
    const last = await skolnav(
      ['-C', world.folder, 'drift', 'identity', '--last'],
      world.environment,
    );
    assert.match(last.out, /asked by Kim:\n.*3 differ/s);
    const adopted = await adopt();
    assert.deepEqual(
      [adopted?.kinds.map(({ objectKind }) => objectKind), adopted?.unread.length],
      [['User'], 1],
    );
  });

  it('can be said by a person to be ours by its id, where no field tells it', async () => {
    const groups = world.identity.directory.of('Groups');
    groups.set('by-hand', { id: 'by-hand', version: 1, displayName: 'class' });
    const request = { flow: null, deliver: false, signal: SIGNAL, patienceMs: 0 };
    await world.withHub(({ control }) => control.sync({ ...request, onProgress: () => undefined }));
    const key = await world.withHub(async ({ engine }) =>
      engine.identity.idOf('register', 'group', 'class'),
    );
    const report = await adopt(new Map([[key, 'by-hand']]));
    assert.equal(report?.chosen, 1);
    const { counts } = runOf(await world.sync('identity'), 'identity');
    assert.equal(counts['failed'], 0);
    assert.deepEqual([...groups.keys()], ['by-hand']);
    assert.equal(groups.get('by-hand')?.['externalId'], key);
  });
});
