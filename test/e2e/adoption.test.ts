import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publish, type SimulatedBatch } from '../../connectors/barn-och-elevregister/simulator.ts';
import type { StoredResource } from '../../connectors/scim/simulator-directory.ts';
import { startScimmy } from '../services/scimmy.ts';
import { skolnav } from './skolnav.ts';
import { numbers, smallTown } from './small-town.ts';
import { runOf, World } from './world.ts';

const TARGET = 'identity:scim';

/** An identity portal that was in use before the hub came. */
describe('adoption', () => {
  let world: World;

  beforeEach(async () => {
    world = await World.open();
    await world.quicken();
    await read(smallTown('ber-20260901', numbers(1, 5)));
  });
  afterEach(() => world.close());

  /** Takes the register's files in; no target is told anything. */
  async function read(batch: SimulatedBatch) {
    await publish(join(world.folder, 'data', 'register'), batch);
    const signal = new AbortController().signal;
    const request = { flow: null, deliver: false, signal, patienceMs: 0 };
    await world.withHub(({ control }) => control.sync({ ...request, onProgress: () => undefined }));
  }

  const users = () => world.identity.directory.of('Users');
  const account = (id: string, attributes: Partial<StoredResource>) =>
    users().set(id, { id, version: 1, ...attributes });
  const named = (number: number) => `p${number}@skola.example`;
  const keyOf = (number: number) =>
    world.withHub(async ({ engine }) => engine.identity.idOf('register', 'person', `p${number}`));
  async function adopt(apply: boolean, choose: Readonly<Record<string, string | null>> = {}) {
    const report = await world.withHub(({ control }) =>
      control.adopt({
        ...{ flow: 'identity', apply, choose: new Map(Object.entries(choose)), who: 'Kim' },
        signal: new AbortController().signal,
      }),
    );
    assert.ok(report !== null);
    const of = (kind: string) => report.kinds.find(({ objectKind }) => objectKind === kind);
    return { ...report, users: of('User'), groups: of('Group') };
  }
  const countsOfPlan = async () => (await world.plan('identity'))[0]?.counts;
  const failures = () =>
    world.withHub(({ control }) => control.failures({ limit: 10, target: TARGET }));

  it('takes accounts into the ledger by the surest field, and the next sync changes them in place', async () => {
    account('a1', { externalId: await keyOf(1), userName: 'an.old.name@skola.example' });
    account('a2', { userName: 'P2@Skola.Example', displayName: 'Somebody', nickName: 'Kimmie' });
    account('guest', { userName: 'guest@elsewhere.example' });
    const shown = await adopt(false);
    assert.deepEqual(shown.users, {
      ...{ objectKind: 'User', looked: 3, ours: 0, adopted: 2, differing: 2, foreign: 1 },
    });
    assert.deepEqual(await countsOfPlan(), { create: 6, update: 0, delete: 0 });
    const before = JSON.stringify([...users()]);
    await adopt(true);
    assert.equal(JSON.stringify([...users()]), before, 'the target is only asked');
    assert.deepEqual(await countsOfPlan(), { create: 4, update: 2, delete: 0 });
    const { counts } = runOf(await world.sync('identity'), 'identity');
    assert.deepEqual([counts['delivered'], counts['failed']], [6, 0]);
    assert.equal(users().size, 6, 'five of ours and a guest');
    assert.equal(users().get('a1')?.['userName'], named(1));
    const second = users().get('a2');
    assert.deepEqual(
      ['externalId', 'displayName', 'nickName'].map((name) => second?.[name]),
      [await keyOf(2), 'Kim Ek', 'Kimmie'],
    );
    assert.ok(users().has('guest'));
    assert.equal((await adopt(true)).users?.ours, 5);
  });

  it('finds that nothing is to be changed where an account is as it should be', async () => {
    await world.sync('identity');
    const held = JSON.stringify([...users().values()]);
    const all = [...users().keys()];
    await forget();
    assert.deepEqual(await countsOfPlan(), { create: 6, update: 0, delete: 0 });
    const { users: adopted, groups } = await adopt(true);
    assert.deepEqual([adopted?.adopted, adopted?.differing], [5, 0]);
    assert.deepEqual([groups?.adopted, groups?.differing], [1, 0], 'with the members that it has');
    assert.deepEqual(await countsOfPlan(), { create: 0, update: 0, delete: 0 });
    await world.sync('identity');
    assert.deepEqual([...users().keys()], all);
    assert.equal(JSON.stringify([...users().values()]), held);
  });

  it('leaves to a person what two accounts answer to: neither adopted nor made until then', async () => {
    const key = await keyOf(1);
    account('a1', { externalId: key, userName: 'one@skola.example' });
    account('a2', { externalId: key, userName: 'two@skola.example' });
    const { ambiguities, users: adopted } = await adopt(true);
    assert.deepEqual(ambiguities, [
      { objectKind: 'User', key, field: 'externalId', remoteIds: ['a1', 'a2'] },
    ]);
    assert.equal(adopted?.adopted, 0);
    const { counts } = runOf(await world.sync('identity'), 'identity');
    assert.equal(counts['failed'], 1);
    assert.deepEqual(
      (await failures()).map(({ problem }) => problem?.code),
      ['ADOPTION_AMBIGUOUS'],
    );
    assert.equal(users().size, 6, 'the other four are made');

    const said = await adopt(false, { [key]: 'a2' });
    assert.deepEqual([said.chosen, said.ambiguities], [1, []]);
    const [entry] = await world.withHub(({ control }) => control.auditTrail(1));
    assert.deepEqual(
      [entry?.who, entry?.action, entry?.subject],
      ['Kim', 'adopt', `${TARGET} ${key}=a2`],
    );
    const { counts: then } = runOf(await world.sync('identity'), 'identity');
    assert.equal(then['resolved'], 2, 'the account, and the class that waited for it');
    assert.deepEqual(await failures(), []);
    assert.equal(users().get('a2')?.['userName'], named(1));
    assert.equal(users().get('a1')?.['userName'], 'one@skola.example');
    assert.equal(users().size, 6);
  });

  it('makes an account of its own where a person says that it is none of them', async () => {
    account('a1', { externalId: 'of another system', userName: named(1) });
    const key = await keyOf(1);
    assert.equal((await adopt(true)).ambiguities[0]?.field, 'userName');
    assert.equal((await adopt(false, { [key]: null })).chosen, 1);
    users().delete('a1');
    await world.sync('identity');
    assert.equal(users().size, 5);
    assert.equal((await adopt(false, { [key]: 'nobody' })).chosen, 0, 'there is nothing to choose');
  });

  it('does not take one account for two persons', async () => {
    const town = smallTown('ber-20260902', numbers(1, 5));
    const rows = { konto: numbers(1, 5).map((number) => `p${number};same@skola.example;;Elev`) };
    await read({ ...town, rows });
    account('a1', { userName: 'same@skola.example' });
    const { ambiguities, users: adopted } = await adopt(true);
    assert.equal(adopted?.adopted, 0);
    assert.deepEqual(
      ambiguities.map(({ remoteIds }) => remoteIds),
      numbers(1, 5).map(() => ['a1']),
    );
  });

  it('never matches a protected person: the account is left alone', async () => {
    const town = smallTown('ber-20260902', numbers(1, 5));
    const elements = (town.elements ?? []).map((element) =>
      element.includes('<id>p1</id></sourcedid><name>')
        ? element.replace('</person>', '<extension><privacy level="3"/></extension></person>')
        : element,
    );
    assert.notDeepEqual(elements, town.elements);
    await read({ ...town, elements });
    account('a1', { userName: named(1) });
    account('a2', { userName: named(2) });
    const report = await adopt(true);
    assert.deepEqual([report.users?.adopted, report.users?.foreign], [1, 1]);
    assert.ok(!JSON.stringify(report).includes(await keyOf(1)));
  });

  it('does not match by a name that people share', async () => {
    account('a1', { userName: 'other@skola.example', displayName: 'Kim Ek' });
    const groups = world.identity.directory.of('Groups');
    groups.set('g1', { id: 'g1', version: 1, displayName: 'class' });
    const report = await adopt(true);
    assert.deepEqual([report.users?.foreign, report.groups?.foreign], [1, 1]);
  });

  it('is not led astray by a page that comes twice, or by half of one', async () => {
    for (const number of numbers(1, 45)) account(`x${number}`, { userName: `x${number}@else` });
    account('a1', { externalId: await keyOf(1), userName: 'one@skola.example' });
    account('a2', { externalId: await keyOf(1), userName: 'two@skola.example' });
    const { directory } = world.identity;
    const handle = directory.handle.bind(directory);
    const lists: ((url: URL) => void)[] = [
      (url) => url.searchParams.set('startIndex', '1'),
      (url) => {
        if (Number(url.searchParams.get('startIndex')) > 20) url.searchParams.set('count', '0');
      },
    ];
    for (const distort of lists) {
      directory.handle = (method, url, ...rest) => {
        if (method === 'GET') distort(url);
        return handle(method, url, ...rest);
      };
      await assert.rejects(adopt(true), { code: 'TARGET_ANSWER_UNREADABLE' });
      assert.deepEqual(await countsOfPlan(), { create: 6, update: 0, delete: 0 });
    }
    directory.handle = handle;
    assert.equal((await adopt(true)).ambiguities.length, 1);
  });

  it('keeps to the fields that the flow leaves, and does not take a field that nobody declares', async () => {
    const file = join(world.folder, 'flows', 'identity.yaml');
    const flow = await readFile(file, 'utf8');
    account('a1', { externalId: 'of another system', userName: named(1) });
    await writeFile(file, `${flow}adopt: { User: [userName] }\n`);
    assert.equal((await adopt(true)).users?.adopted, 1, 'the name decides');
    await world.sync('identity');
    assert.equal(users().get('a1')?.['externalId'], await keyOf(1));
    await writeFile(file, `${flow}adopt: { User: [displayName] }\n`);
    await assert.rejects(adopt(true), /FLOW_ADOPT_UNKNOWN .*"displayName"/);
  });

  it('says of a target that cannot be asked that it cannot', async () => {
    for (const flow of ['lms', 'collaboration']) {
      const said = await skolnav(['-C', world.folder, 'adopt', flow], world.environment);
      assert.match(said.out, /cannot be asked what it holds/);
      assert.equal(said.code, 0);
    }
  });

  it('tells on the command line what it would take, and what it leaves to a person', async () => {
    const key = await keyOf(1);
    account('a1', { externalId: key, userName: 'one@skola.example' });
    account('a2', { externalId: key, userName: named(2) });
    account('a3', { userName: named(3) });
    const run = (...args: readonly string[]) =>
      skolnav(['-C', world.folder, 'adopt', 'identity', ...args], world.environment);
    const shown = await run();
    assert.match(shown.out, /User +3 +0 +1 +1 +0/);
    assert.match(shown.out, new RegExp(`User +${key} +externalId +a1, a2`));
    assert.equal(shown.code, 1);
    assert.doesNotMatch(shown.out, /skola\.example/);
    assert.equal((await run('--choose', 'nonsense')).code, 2);
    await run('--apply');
    assert.equal((await run('--choose', `${key}=a1`)).code, 0);
    assert.deepEqual(await countsOfPlan(), { create: 4, update: 2, delete: 0 });
  });

  it('works on a service that we did not write', async () => {
    const token = world.environment['SECRET'] ?? '';
    const service = await startScimmy(token);
    try {
      world.environment['IDENTITY_URL'] = service.url;
      const headers = {
        ...{ authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      };
      const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User'];
      for (const number of numbers(1, 30)) {
        const body = JSON.stringify({ schemas, userName: named(number), active: true });
        await fetch(`${service.url}/Users`, { method: 'POST', headers, body });
      }
      const before = (await service.list('Users')).map(({ id }) => id);
      assert.equal((await adopt(true)).users?.adopted, 5);
      const { counts } = runOf(await world.sync('identity'), 'identity');
      assert.deepEqual([counts['delivered'], counts['failed']], [6, 0]);
      const after = await service.list('Users');
      assert.deepEqual(
        after.map(({ id }) => id),
        before,
      );
      assert.equal(after.filter(({ displayName }) => displayName === 'Kim Ek').length, 5);
      const ours = new Set(await Promise.all(numbers(1, 5).map(keyOf)));
      assert.equal(after.filter(({ externalId }) => ours.has(String(externalId))).length, 5);
    } finally {
      await service.stop();
    }
  });

  /** As if the hub had never delivered to the portal. */
  async function forget() {
    await world.withHub(async ({ engine: { store } }) => {
      for (const kind of ['User', 'Group']) {
        for (const originKind of await store.ledger.originKinds(TARGET, kind)) {
          for await (const rows of store.ledger.scan(TARGET, kind, originKind)) {
            await store.ledger.write(
              [],
              rows.map(({ ref }) => ref),
            );
          }
        }
      }
    });
  }
});
