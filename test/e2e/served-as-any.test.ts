import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { recordOfProcessing } from '../../core/control/processing.ts';
import { loadWorkspace } from '../../core/flow/workspace.ts';
import { BUILT_IN_FOLDER } from '../../core/flow/workspace-folders.ts';
import { objectsIn } from '../../core/plugin.ts';
import { CLIENT_SECRET, Serving } from './served-world.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

const EXAMPLE = join(import.meta.dirname, '..', '..', 'examples', 'vendors-that-fetch');
const PUPILS = 30;

/** What holds for every target holds for one that is fetched from, with no code of its own. */
describe('a target that is served', () => {
  let world: World;
  let serving: Serving;

  before(async () => {
    world = await World.open(EXAMPLE);
    Object.assign(world.environment, {
      TIMETABLE_SECRET: CLIENT_SECRET,
      LIBRARY_SECRET: CLIENT_SECRET,
    });
    await world.reconfigure('ownership:', 'served: { port: 0 }\nownership:');
    world.now = Date.parse('2026-09-01T03:00:00+02:00');
    await publish(
      join(world.folder, 'data', 'register'),
      smallTown('ber-20260901', numbers(1, PUPILS)),
    );
    await world.sync();
    serving = await Serving.open(world);
  });
  after(async () => {
    await serving?.close();
    await world?.close();
  });

  const persons = async () => {
    const token = await serving.token('timetable');
    return objectsIn((await serving.get('timetable/v2.0/persons', token))['data']);
  };
  const write = async (where: string) => {
    await cp(join(EXAMPLE, 'flows'), join(world.folder, 'flows'), { recursive: true });
    await world.write('flows/timetable.yaml', flow(where));
  };
  const flow = (where: string) => `purpose: Lessons are put into a timetable.
legalBasis: public-task
from: register
to: timetable
entities: { organisation: {}, group: {}, person: { where: "${where}" } }
guards: { maxDelete: 5%, minimum: 3 }
`;

  it('stands in the record of processing, with what its mappings read', async () => {
    const { flows } = await world.withHub(async ({ workspace }) => recordOfProcessing(workspace));
    const [library, timetable] = flows;
    assert.equal(timetable?.recipient.title, 'SS 12000');
    assert.equal(library?.recipient.title, 'OneRoster REST');
    const numbers = (one = library) => one?.data.some(({ field }) => field === 'civicNo');
    assert.deepEqual([numbers(timetable), numbers(library)], [true, false]);
  });

  it('is explained and traced, object by object', async () => {
    const [{ id: key = '' } = {}] = await persons();
    const question = { flow: 'timetable', objectKind: 'persons', key: String(key), field: null };
    await world.withHub(async ({ control }) => {
      const found = await control.explain(question, 'test');
      assert.equal(found?.origin.id, key);
      const trace = await control.trace({ kind: 'person', id: String(key) }, 'test');
      const targets = JSON.stringify(trace);
      assert.match(targets, /timetable:ss12000/);
      assert.match(targets, /library:oneroster/);
    });
  });

  it('keeps what it had while a guard holds its plan, and has the rest when a person lets it', async () => {
    assert.equal((await persons()).length, PUPILS);
    await write("givenName == 'Nobody'");
    const held = runOf(await world.sync('timetable'), 'timetable');
    assert.equal(held.outcome, 'held');
    assert.equal((await persons()).length, PUPILS);
    await world.withHub(async ({ control }) => {
      for (const { id } of await control.holds('open')) {
        const word = { approve: true, who: 'test', reason: 'meant', units: null };
        await control.decideHolds([id], word);
      }
    });
    assert.equal(runOf(await world.sync('timetable'), 'timetable').outcome, 'done');
    assert.equal((await persons()).length, 0);
    const token = await serving.token('timetable');
    const { data } = await serving.get('timetable/v2.0/deletedEntities', token);
    assert.equal(Object(data).persons.length, PUPILS);
  });

  it('is no source, and a service that is asked is no target', async () => {
    const lints = async (text: string) => {
      await world.write('flows/timetable.yaml', text);
      const { lints } = await loadWorkspace(world.folder, BUILT_IN_FOLDER);
      return lints.map(({ code }) => code);
    };
    const own = flow('true');
    assert.deepEqual(await lints(own.replace('from: register', 'from: library')), [
      'FLOW_NO_SOURCE',
    ]);
    const secret = `"\${env:TIMETABLE_SECRET}"`;
    const client = `client: { id: timetable, secret: ${secret} }`;
    const service = `url: "https://register.example/v2.0", token: ${secret}`;
    await world.reconfigure(client, service);
    assert.deepEqual(await lints(own), ['FLOW_NO_SINK']);
    await world.reconfigure(service, `${client}, ${service}`);
    assert.deepEqual(await lints(own), ['CONFIG_BOTH_WAYS'], 'one of them');
    await world.reconfigure(`, ${service}`, '');
    assert.deepEqual(await lints(own), []);
  });

  it('is planned as any, and asks nobody: there is no system to be reached', async () => {
    const found = await world.withHub(({ control }) => control.connect(1000));
    assert.deepEqual(
      found.map(({ module }) => module),
      ['register'],
    );
    const plans = await world.plan();
    assert.deepEqual(
      plans.map(({ counts }) => counts.create),
      [0, PUPILS],
    );
  });
});
