import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { publish } from '../../connectors/barn-och-elevregister/simulator.ts';
import { objectsIn, serveOnLoopback } from '../../core/plugin.ts';
import { CLIENT_SECRET, Serving } from './served-world.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

const FLOW = `purpose: A vendor fetches what it needs.
legalBasis: public-task
from: register
to: timetable
entities: { organisation: {}, person: {}, group: {} }
guards: { maxDelete: 50%, maxUpdate: 100%, minimum: 10 }
`;
const DAY_MS = 86_400_000;

describe('what changes at a client of SS 12000', () => {
  let world: World;
  let serving: Serving;
  let token: string;
  let calls: { readonly status: number; readonly bodies: string[] };
  let callbacks: Awaited<ReturnType<typeof serveOnLoopback>>;

  before(async () => {
    world = await World.open();
    const answers = { status: 204, bodies: [] as string[] };
    calls = answers;
    callbacks = await serveOnLoopback(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      answers.bodies.push(text);
      response.writeHead(answers.status).end();
    });
    world.environment['CLIENT_SECRET'] = CLIENT_SECRET;
    const identity = await world.binding('identity');
    const hosts = `callbackHosts: ["${new URL(callbacks.origin).host}"]`;
    const client = `{ id: timetable, secret: "\${env:CLIENT_SECRET}", ${hosts} }`;
    const bound = `  timetable: { connector: ss12000, options: { client: ${client} } }`;
    await world.reconfigure(identity, `${identity}\n${bound}\nserved: { port: 0 }`);
    await world.write('flows/timetable.yaml', FLOW);
    await night(1, smallTown('ber-20260901', numbers(1, 8)).elements);
    serving = await Serving.open(world);
    token = await serving.token('timetable');
  });
  after(async () => {
    await serving?.close();
    await callbacks?.stop();
    await world?.close();
  });

  async function night(day: number, elements: readonly string[] = []): Promise<void> {
    world.now = Date.parse(`2026-09-0${day}T03:00:00+02:00`);
    const town = smallTown(`ber-2026090${day}`, numbers(1, 8));
    await publish(join(world.folder, 'data', 'register'), { ...town, elements });
    const run = runOf(await world.sync('timetable'), 'timetable');
    assert.equal(run.outcome, 'done', JSON.stringify(run.problem));
  }

  const town = (pupils: readonly number[]) => smallTown('ber-20260902', pupils).elements ?? [];
  const get = (path: string) => serving.get(`timetable/v2.0/${path}`, token);
  const list = async (path: string) => objectsIn((await get(path))['data']);
  const subscribe = (target: string, resource: string) =>
    serving.post('timetable/v2.0/subscriptions', token, {
      ...{ name: 'news', target, resourceTypes: [{ resource }] },
    });
  const since = () => new Date(world.now - DAY_MS / 2).toISOString();
  const told = async (path: string) => new Set((await list(path)).map(({ id }) => String(id)));

  it('is told of by their time, and of who has left by the id alone', async () => {
    const before = await list('persons');
    assert.equal(before.length, 8);
    const renamed = town(numbers(2, 8)).map((one) =>
      one.includes('<id>p4</id>') ? one.replace('<given>Kim<', '<given>Mira<') : one,
    );
    await night(2, renamed);
    token = await serving.token('timetable');
    const changed = await list(`persons?meta.modified.after=${since()}`);
    assert.deepEqual(
      changed.map(({ givenName }) => givenName),
      ['Mira'],
    );
    const [{ meta } = {}] = changed;
    assert.ok(Object(meta).created < Object(meta).modified);
    assert.deepEqual(await list(`persons?meta.created.after=${since()}`), []);
    const after = await told('persons');
    const leaver = before.map(({ id }) => String(id)).filter((id) => !after.has(id));
    const { data, pageToken } = await get(`deletedEntities?after=${since()}`);
    assert.deepEqual([data, pageToken], [{ persons: leaver }, null]);
    assert.deepEqual((await get('deletedEntities?entities[]=Group'))['data'], {});
    assert.equal((await serving.ask(`timetable/v2.0/persons/${leaver[0]}`, token)).status, 404);
  });

  it('lets a subscriber know after it has settled, that there is something and nothing of it', async () => {
    assert.equal((await subscribe('https://elsewhere.example/x', 'Person')).status, 400);
    assert.equal((await subscribe('http://169.254.169.254/x', 'Person')).status, 400);
    const made = await subscribe(`${callbacks.origin}/news`, 'Person');
    assert.equal(made.status, 201);
    const { id, expires } = (await made.json()) as Readonly<Record<string, string>>;
    assert.ok(String(expires) > '2026-11-29');
    assert.deepEqual(
      (await list('subscriptions')).map((one) => one['id']),
      [id],
    );
    await sleep(200);
    assert.deepEqual(calls.bodies, [], 'nothing is new');
    await night(3, town(numbers(3, 8)));
    for (let at = 0; calls.bodies.length === 0 && at < 100; at++) await sleep(50);
    await sleep(200);
    const expected = { modifiedEntites: ['Person'], deletedEntities: true };
    assert.deepEqual(
      calls.bodies.map((body) => JSON.parse(body)),
      [expected],
    );
    token = await serving.token('timetable');
    const path = `timetable/v2.0/subscriptions/${id}`;
    assert.equal((await serving.ask(path, token, { method: 'PATCH' })).status, 200);
    assert.equal((await serving.ask(path, token, { method: 'DELETE' })).status, 204);
    assert.equal((await serving.ask(path, token)).status, 404);
  });

  it('is answered by any process of the store, also when the one that it began with is gone', async () => {
    const first = await Serving.open(world);
    const both = [first, serving];
    token = await first.token('timetable');
    const page = await first.get('timetable/v2.0/persons?limit=3', token);
    const wishes = Array.from({ length: 8 }, (_, at) =>
      both[at % 2]?.post('timetable/v2.0/subscriptions', token, {
        ...{ name: `wish ${at}`, target: `${callbacks.origin}/news` },
        resourceTypes: [{ resource: 'Activity' }],
      }),
    );
    const made = await Promise.all(wishes);
    assert.deepEqual(new Set(made.map((answer) => answer?.status)), new Set([201]));
    await first.close();
    const next = objectsIn((await get(`persons?pageToken=${page['pageToken']}`))['data']);
    assert.equal(next.length, (await list('persons')).length - 3);
    const seen = objectsIn(page['data']).map(({ id }) => id);
    assert.ok(next.every(({ id }) => !seen.includes(id)));
    const kept = (await list('subscriptions')).map(({ name }) => String(name)).sort();
    assert.deepEqual(
      kept,
      wishes.map((_, at) => `wish ${at}`),
    );
    for (const { id } of await list('subscriptions')) {
      await serving.ask(`timetable/v2.0/subscriptions/${id}`, token, { method: 'DELETE' });
    }
  });

  it('has no protected person, who is gone at once, whatever a guard holds', async () => {
    const [{ id = '' } = {}] = (await list('persons')).filter(
      ({ givenName }) => givenName === 'Kim',
    );
    const mark = '<extension><privacy level="3"/></extension></person>';
    const number = (await externalIdOf(String(id))).replace(/\D/g, '');
    const marked = town(numbers(3, 8)).map((one) =>
      one.includes(`<id>p${number}</id>`) ? one.replace('</person>', mark) : one,
    );
    await night(4, marked);
    token = await serving.token('timetable');
    assert.equal((await serving.ask(`timetable/v2.0/persons/${id}`, token)).status, 404);
    const { data } = await get(`deletedEntities?after=${since()}`);
    assert.deepEqual(data, { persons: [id] });
    for (const path of [
      'persons',
      'groups',
      'groups?expandReferenceNames=true',
      'persons?expand=groupMemberships',
    ]) {
      assert.ok(!JSON.stringify(await get(path)).includes(String(id)), path);
    }
    const lookup = await serving.post('timetable/v2.0/persons/lookup', token, { ids: [id] });
    assert.deepEqual(await lookup.json(), []);
  });

  it('forgets who has left when runs are forgotten', async () => {
    world.now += 401 * DAY_MS;
    await world.withHub(({ control }) => control.purge('test'));
    token = await serving.token('timetable');
    assert.deepEqual((await get('deletedEntities'))['data'], {});
  });

  async function externalIdOf(id: string): Promise<string> {
    return world.withHub(async ({ engine }) => {
      for (const number of numbers(1, 8)) {
        const found = await engine.store.entities.byExternalId('register', 'person', `p${number}`);
        if (found?.id === id) return `p${number}`;
      }
      return '';
    });
  }
});
