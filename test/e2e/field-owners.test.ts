import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { numbers, smallTown } from './small-town.ts';
import { World } from './world.ts';

const PORTAL =
  '  portal: { connector: delimited-files, mappings: portal, options: { files: { folder: data/portal }, layout: portal } }\n';
const LAYOUT = `streams:
  name:
    file: portal.csv
    format: delimited
    columns: [{ name: id, required: true }, { name: given }]
`;
const MAPPING = `from: delimited-files/name
to: person.v1
entity: { identity: id, of: register }
supplement: true
fields: { givenName: { take: given } }
`;
const OWNER = 'ownership: { person: { givenName: portal } }\n';

/** Two sources give a person a name: whose word counts, the configuration says. */
describe('an owner of a field who is another from today on', () => {
  let world: World;

  before(async () => {
    world = await World.open();
    await publish(join(world.folder, 'data', 'register'), smallTown('ber-20260901', numbers(1, 3)));
    await world.quicken();
    await world.write('data/portal/portal.csv', 'id;given\np1;Robin\np2;Kim\np3;Kim\n');
    await world.write('mappings/portal/portal.layout.yaml', LAYOUT);
    await world.write('mappings/portal/name.yaml', MAPPING);
    for (const flow of ['identity', 'lms', 'collaboration']) {
      const text = await readFile(join(world.folder, 'flows', `${flow}.yaml`), 'utf8');
      const both = text.replace('from: register', 'from: [register, portal]');
      await world.write(`flows/${flow}.yaml`, both);
    }
    const config = await readFile(join(world.folder, 'config', 'hub.yaml'), 'utf8');
    await world.configure(config.replace('modules:\n', `modules:\n${PORTAL}`) + OWNER);
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
    const text = await readFile(join(world.folder, 'mappings', 'portal', 'name.yaml'), 'utf8');
    await world.write('mappings/portal/name.yaml', text.replace('supplement: true\n', ''));
    await world.sync();
    assert.deepEqual(names(), robins);
  });
});
