import assert from 'node:assert/strict';
import { join } from 'node:path';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { type FronterSimulator, startFronter } from '../../connectors/ims-enterprise/simulator.ts';
import { CANARIES, canaryTown, LATER_CANARY, OPEN_PUPIL } from './canary-town.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

const DAY_MS = 86_400_000;
const BINDING = `  lms: { connector: ims-enterprise, mappings: ims-enterprise-fronter, options: { layout: ims-enterprise-fronter, url: "\${env:FRONTER_URL}", authKey: "\${env:SECRET}", requestsPerSecond: 10000, pollMs: 2 } }`;

/** A world whose learning platform is itslearning, with a Fronter that waits beside it. */
async function openWorld(): Promise<{ world: World; fronter: FronterSimulator }> {
  const world = await World.open();
  const { SECRET = '' } = world.environment;
  const fronter = await startFronter({ authKey: SECRET, importAfterMs: 1 });
  world.environment['FRONTER_URL'] = fronter.url;
  return { world, fronter };
}

const NOTHING = { create: 0, update: 0, delete: 0 };

describe('Fronter in the place of itslearning, by one line of config/', () => {
  let world: World;
  let fronter: FronterSimulator;

  before(async () => {
    ({ world, fronter } = await openWorld());
    await world.night(1);
    await world.sync();
    await world.reconfigure(await world.binding('lms'), BINDING);
  });
  after(async () => {
    await world.close();
    await fronter.stop();
  });

  it('gets the full load, each object below what it knows, with no flow touched', async () => {
    const [plan] = await world.plan('lms');
    assert.equal(plan?.target, 'lms:ims-enterprise');
    assert.equal(fronter.documents.length, 0, 'a plan tells nobody anything');
    const { outcome, counts } = runOf(await world.sync('lms'), 'lms');
    assert.deepEqual([outcome, counts['failed'], counts['blocked']], ['done', 0, 0]);
    const { persons, groups, memberships, root } = fronter.building;
    assert.ok(persons.size > 250 && groups.size > 10 && memberships.size > 300);
    const kinds = new Set([...groups.values()].map(({ type }) => type));
    assert.deepEqual([...kinds].sort(), ['FAGGRUPPE', 'KONTAKTGRUPPE', 'SKOLE']);
    assert.ok([...groups.values()].every(({ parent }) => parent === root || groups.has(parent)));
    const roles = new Set(memberships.values());
    assert.deepEqual([...roles].sort(), ['01', '02']);
    assert.deepEqual((await world.plan('lms'))[0]?.counts, NOTHING);
  });

  it('is told every night of what has become otherwise, and of nothing else', async () => {
    let changes = 0;
    for (const night of [2, 3, 4, 5, 6]) {
      await world.night(night);
      const before = fronter.documents.length;
      const { outcome, counts } = runOf(await world.sync('lms'), 'lms');
      assert.deepEqual([outcome, counts['failed'], counts['blocked']], ['done', 0, 0]);
      const told =
        fronter.documents
          .slice(before)
          .join('\n')
          .match(/ recstatus="/g) ?? [];
      const { create = 0, update = 0, delete: gone = 0 } = counts;
      assert.equal(told.length, create + update + gone);
      changes += told.length;
      assert.deepEqual((await world.plan('lms'))[0]?.counts, NOTHING);
    }
    assert.ok(changes > 0, 'something happens in five nights');
  });

  it('is swapped back, and goes on where it was when it is bound again', async () => {
    const { environment } = world;
    const url = `url: "${environment['LMS_URL']}", user: hub, password: "\${env:SECRET}"`;
    const itslearning = `  lms: { connector: itslearning, options: { ${url}, requestsPerSecond: 5000 } }`;
    await world.reconfigure(BINDING, itslearning);
    assert.equal((await world.plan('lms'))[0]?.target, 'lms:itslearning');
    await world.reconfigure(itslearning, BINDING);
    assert.deepEqual((await world.plan('lms'))[0]?.counts, NOTHING);
  });
});

describe('Fronter of a small town', () => {
  let world: World;
  let fronter: FronterSimulator;

  beforeEach(async () => {
    ({ world, fronter } = await openWorld());
    await world.reconfigure(await world.binding('lms'), BINDING);
  });
  afterEach(async () => {
    await world.close();
    await fronter.stop();
  });

  const publishTown = (name: string, pupils: readonly number[]) =>
    publish(join(world.folder, 'data/register'), smallTown(name, pupils));

  it('loses who leaves, with the memberships, and is told no name for it', async () => {
    await publishTown('ber-20260901', numbers(1, 30));
    await world.sync('lms');
    assert.deepEqual([fronter.building.persons.size, fronter.building.memberships.size], [30, 30]);
    const before = fronter.documents.length;
    world.now += DAY_MS;
    await publishTown('ber-20260902', numbers(1, 29));
    assert.equal(runOf(await world.sync('lms'), 'lms').outcome, 'done');
    const left = [...fronter.building.persons.values()].map(({ userName }) => userName);
    assert.ok(left.includes('p29@skola.example') && !left.includes('p30@skola.example'));
    assert.deepEqual([fronter.building.persons.size, fronter.building.memberships.size], [29, 29]);
    assert.doesNotMatch(fronter.documents.slice(before).join('\n'), /Kim|Ek</);
  });

  it('refuses one in its report: that one fails alone, without a value of it, until it is mended', async () => {
    const byHand = { fullName: 'Bo Ek', userName: 'p3@skola.example', email: null };
    fronter.building.persons.set('by-hand', byHand);
    await publishTown('ber-20260901', numbers(1, 30));
    const { outcome, counts } = runOf(await world.sync('lms'), 'lms');
    assert.deepEqual([outcome, counts['failed'], counts['blocked']], ['done', 1, 1]);
    assert.equal(fronter.building.persons.size, 30, 'one of them is made by hand');
    assert.equal(fronter.building.memberships.size, 29);
    const failed = await world.withHub((hub) =>
      hub.control.failures({ target: 'lms:ims-enterprise', limit: 10 }),
    );
    const told = JSON.stringify(failed);
    assert.match(told, /ID \*\*\* is taken by another/);
    assert.doesNotMatch(told, /p3@skola|Kim|Bo Ek/);
    fronter.building.persons.delete('by-hand');
    world.now += DAY_MS;
    await world.sync('lms');
    const { persons, memberships } = fronter.building;
    assert.deepEqual([persons.size, memberships.size], [30, 30]);
  });

  it('hears nothing of protected persons, nor of what would show them', async () => {
    await publish(join(world.folder, 'data/register'), canaryTown('ber-20260901', 1));
    await world.sync('lms');
    const told = fronter.documents.join('\n');
    assert.match(told, new RegExp(OPEN_PUPIL));
    for (const canary of CANARIES) assert.doesNotMatch(told, new RegExp(canary, 'i'));
    const later = `${LATER_CANARY.toLowerCase()}@skola.example`;
    const users = () => [...fronter.building.persons.values()].map(({ userName }) => userName);
    assert.ok(users().includes(later));
    world.now += DAY_MS;
    await publish(join(world.folder, 'data/register'), canaryTown('ber-20260902', 2));
    await world.sync('lms');
    assert.ok(!users().includes(later), 'who is protected from tonight on is taken back');
  });
});
