import assert from 'node:assert/strict';
import { type Graph, startGraph } from '../../connectors/microsoft-graph/simulator.ts';
import { World } from './world.ts';

const SIGNAL = new AbortController().signal;
const NOTHING = { create: 0, update: 0, delete: 0 };
const QUARTER_MS = 900_000;
const LIMITS = 'requestsPerSecond: 1000, writesPerSecond: 5000, teamsPerSecond: 1000';

describe('nights of Microsoft Graph', () => {
  let world: World;
  let graph: Graph;
  let sds: string;

  before(async () => {
    graph = await startGraph({ writes: 100_000, unseenByTeams: 2 });
    world = await World.open();
    Object.assign(world.environment, { GRAPH_URL: graph.url, GRAPH_TOKEN: 'right' });
    sds = await world.binding('collaboration');
    await world.guard('{ maxDelete: 100%, maxUpdate: 100% }');
    await world.night(1);
    await world.sync('collaboration');
  });
  after(async () => {
    await world.close();
    await graph.stop();
  });

  const night = async () => {
    const report = await world.sync('collaboration');
    return report.flows.map(({ outcome, counts }) => [outcome, counts['failed']]);
  };
  const isPlanned = async () => {
    const [plan] = await world.plan('collaboration');
    return plan?.counts;
  };
  const held = (kind: string) => graph.held(kind).length;
  const teams = (state: string) => graph.held('team').filter(({ team }) => team === state).length;

  it('take the place of School Data Sync by one line of config/', async () => {
    const options = `{ url: "\${env:GRAPH_URL}", token: "\${env:GRAPH_TOKEN}", ${LIMITS} }`;
    const line = `  collaboration: { connector: microsoft-graph, options: ${options} }`;
    await world.reconfigure(sds, line);
    const [plan] = await world.plan('collaboration');
    assert.equal(plan?.target, 'collaboration:microsoft-graph');
    assert.deepEqual([plan?.counts.update, plan?.counts.delete], [0, 0]);
    assert.equal(graph.counts.requests, 0, 'a plan tells nobody anything');
  });

  it('make classes with their members and audiences, and teams as soon as Teams hears of them', async () => {
    await night();
    assert.ok(held('user') > 250);
    assert.ok(held('membership') > held('user'));
    assert.equal(held('audience-member'), held('user'));
    assert.equal(held('team'), 0);
    world.now += QUARTER_MS;
    assert.deepEqual(await night(), [['done', 0]]);
    assert.equal(teams('open'), held('class'));
    assert.deepEqual(await isPlanned(), NOTHING);
    assert.ok(graph.counts.parts > 10 * graph.counts.requests);
    assert.equal(graph.counts.most, 20);
  });

  it('tell nothing of a person but whose account it is, and whether the person teaches', () => {
    const told = graph.held('user').flatMap((user) => Object.keys(user));
    const names = ['userPrincipalName', 'externalSource', 'primaryRole', 'student', 'teacher'];
    assert.deepEqual(new Set(told), new Set(names));
  });

  it('find what others have changed, and nothing else', async () => {
    const request = { flow: 'collaboration', repair: false, who: 'test', signal: SIGNAL };
    const drifts = async () => {
      const report = await world.withHub(({ control }) => control.drift(request));
      return report?.drifts.map(({ objectKind, kind, fields }) => [objectKind, kind, ...fields]);
    };
    assert.deepEqual(await drifts(), []);
    const [group] = graph.directory.list(true);
    assert.ok(group !== undefined);
    const { fields } = group;
    const [member = ''] = group.members;
    group.fields = { ...fields, displayName: 'Another' };
    group.members.delete(member);
    assert.deepEqual(await drifts(), [
      ['class', 'changed', 'displayName'],
      ['membership', 'missing'],
    ]);
    group.fields = fields;
    group.members.add(member);
  });

  it('have in a class that comes back who belongs to it, and nobody else', async () => {
    const [group] = graph.directory.list(true);
    assert.ok(group !== undefined);
    const [before, owners] = [new Set(group.members), new Set(group.owners)];
    // Somebody deletes it; whoever leaves it meanwhile cannot be taken out of it.
    group.isDeleted = true;
    group.members.add('who-has-left');
    const request = { flow: 'collaboration', repair: true, who: 'test', signal: SIGNAL };
    await world.withHub(({ control }) => control.drift(request));
    assert.deepEqual(await night(), [['done', 0]]);
    assert.deepEqual([group.members, group.owners], [before, owners]);
    assert.deepEqual(await isPlanned(), NOTHING);
  });

  it('archive the team of a class that is over, and keep who was in it until the end', async () => {
    const before = [held('class'), held('membership')];
    world.now = Date.parse('2027-07-01T03:00:00+02:00');
    assert.deepEqual(await night(), [['done', 0]]);
    assert.equal(teams('archived'), held('class'));
    // One person's duty has ended by then.
    assert.deepEqual([held('class'), held('membership') + 1], before);
    assert.deepEqual(await isPlanned(), NOTHING);
  });
});
