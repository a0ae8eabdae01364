import assert from 'node:assert/strict';
import type { JsonObject } from '../../core/plugin.ts';
import {
  editOperations,
  ForeignScim,
  groupOf,
  groupOperation,
  membersOf,
  operation,
  SIGNAL,
} from '../../test/contract/foreign-scim.ts';
import { scimUser } from '../../test/contract/scim-sink.ts';
import { failure } from './simulator-directory.ts';

/** What services say, and what they do: by public reports of others who were told so. */
describe('a service of SCIM that says one thing and does another', () => {
  const scim = new ForeignScim();
  afterEach(() => scim.stop());

  describe('of what it has made a moment ago', () => {
    it('is waited for where that is not there everywhere yet, and nothing is made twice', async () => {
      let isLate = true;
      await scim.serve(({ method, path }, usual) => {
        if (!isLate || method === 'POST' || !path.startsWith('Users')) return usual();
        return path === 'Users'
          ? { status: 200, body: { totalResults: 0 } }
          : { status: 404, body: failure(404, 'not yet') };
      });
      const made = await scim.one(operation('create', scimUser('a', 1)));
      assert.ok(made.kind === 'done');
      const change = operation(
        'update',
        { ...scimUser('a', 2), userName: 'b@skola.example' },
        { previous: scimUser('a', 1), remoteId: made.remoteId ?? null },
      );
      assert.equal((await scim.refusal(change)).recovery, 'retry');
      isLate = false;
      assert.equal((await scim.one(change)).kind, 'done');
      assert.equal(scim.users.size, 1);
    });

    it('is waited for where a new group takes no more members yet', async () => {
      let late = 1;
      await scim.serve(
        ({ method }, usual) =>
          method === 'PATCH' && late-- > 0 ? { status: 404, body: failure(404, '') } : usual(),
        {},
        { memberChunk: 1 },
      );
      const create = groupOperation('create', 'g', ['p', 'q', 'r']);
      assert.equal((await scim.refusal(create)).recovery, 'retry');
      assert.equal((await scim.one(create)).kind, 'already');
      assert.deepEqual([...scim.groups.values()].map(membersOf), [['id-p', 'id-q', 'id-r']]);
    });

    it('is not known by the number of a task that it has only begun (202)', async () => {
      await scim.serve(({ method }, usual) => {
        const answer = usual();
        return method === 'POST'
          ? { status: 202, body: { id: 'task-1', status: 'begun' } }
          : answer;
      });
      const made = await scim.one(operation('create', scimUser('a', 1)));
      assert.ok(made.kind === 'done');
      assert.deepEqual([...scim.users.keys()], [made.remoteId]);
    });
  });

  it('takes no path with a dot, and says yes: the first change tells, and each after it', async () => {
    await scim.serve(({ method, body }, usual) => {
      const plain = (all: readonly JsonObject[]) =>
        all.filter(({ path }) => !String(path).includes('.'));
      if (method === 'PATCH') editOperations(body, plain);
      return usual();
    });
    for (const key of ['a', 'b', 'c']) {
      scim.put(key, scimUser(key, 1));
      const change = { previous: scimUser(key, 1), remoteId: key };
      const outcome = await scim.one(operation('update', scimUser(key, 2), change));
      assert.ok(outcome.kind === 'failed');
      assert.deepEqual([outcome.failure.code, outcome.notTaken?.fields], ['NOT_TAKEN', ['name']]);
    }
  });

  it('is looked at twice for each form of a change that it takes, and shows nothing of', async () => {
    await scim.serve(undefined, { etag: false });
    for (let at = 0; at < 6; at++) {
      const key = `k${at}`;
      scim.put(key, scimUser(key, 1));
      const change = { previous: scimUser(key, 1), remoteId: key };
      assert.equal((await scim.one(operation('update', scimUser(key, 2), change))).kind, 'done');
    }
    assert.equal(scim.requests.filter(({ path }) => path.startsWith('Users/')).length, 6 + 2);
  });

  it('counts a page for the whole list: nothing is concluded from it', async () => {
    const totals: Readonly<Record<string, (shown: number, from: number) => number>> = {
      'the number on the page': (shown) => shown,
      'what is left from the page on': (_shown, from) => 250 - from + 1,
    };
    for (const [what, totalOf] of Object.entries(totals)) {
      await scim.serve(
        ({ method, path, query }, usual) => {
          const { body, ...answer } = usual();
          if (method !== 'GET' || path !== 'Users') return { ...answer, body };
          const shown: readonly unknown[] = Object(body).Resources ?? [];
          const totalResults = totalOf(shown.length, Number(query.get('startIndex')));
          return { ...answer, body: { ...Object(body), totalResults } };
        },
        { pageSize: 100 },
      );
      for (let at = 0; at < 250; at++) scim.put(`id-${at}`, scimUser(`k${at}`, 1));
      const reading = Array.fromAsync(scim.sink.readBack?.('User', SIGNAL) ?? []);
      await assert.rejects(reading, { code: 'TARGET_ANSWER_UNREADABLE' }, what);
    }
  });

  it('says by 400 that a name is taken: that is about the name', async () => {
    await scim.serve((_request, usual) => {
      const answer = usual();
      const body = failure(400, 'userName is taken', 'uniqueness');
      return answer.status === 409 ? { status: 400, body } : answer;
    });
    scim.put('b', { ...scimUser('b', 1), userName: 'a@skola.example' });
    const { code } = await scim.refusal(operation('create', scimUser('a', 1)));
    assert.equal(code, 'KEY_TAKEN');
  });

  it('says what it can do in other forms, or not to us', async () => {
    const yes = { patch: { supported: 'true' }, filter: { supported: 'true' } };
    for (const [status, body, method] of [
      [200, yes, 'PATCH'],
      [200, { patch: true, filter: true }, 'PATCH'],
      [200, { totalResults: 1, Resources: [yes] }, 'PATCH'],
      [400, failure(400, 'no such resource'), 'PUT'],
      [403, failure(403, 'not for you'), 'PUT'],
    ] as const) {
      await scim.serve(({ path }, usual) =>
        path === 'ServiceProviderConfig' ? { status, body } : usual(),
      );
      scim.put('a', scimUser('a', 1));
      const change = { previous: scimUser('a', 1), remoteId: 'a' };
      assert.equal((await scim.one(operation('update', scimUser('a', 2), change))).kind, 'done');
      const changes = scim.requests.filter((one) => one.method !== 'GET');
      assert.deepEqual(
        changes.map((one) => one.method),
        [method],
        JSON.stringify(body),
      );
    }
  });

  for (const supported of [true, false]) {
    it(`changes accounts by PUT and groups by PATCH alone, whether it says that it has PATCH or not (${supported})`, async () => {
      await scim.serve(({ method, path }, usual) => {
        if (path === 'ServiceProviderConfig')
          return { status: 200, body: { patch: { supported } } };
        const hasNone = path.startsWith(method === 'PATCH' ? 'Users' : 'Groups');
        const isChange = method === 'PATCH' || method === 'PUT';
        return isChange && hasNone ? { status: 501, body: failure(501, 'no such way') } : usual();
      });
      scim.put('a', scimUser('a', 1));
      scim.put('g', groupOf('g', ['id-p', 'by-hand']), 'Groups');
      const account = { previous: scimUser('a', 1), remoteId: 'a' };
      assert.equal((await scim.one(operation('update', scimUser('a', 2), account))).kind, 'done');
      const group = { previous: groupOf('g', ['p']), remoteId: 'g' };
      assert.equal((await scim.one(groupOperation('update', 'g', ['p', 'q'], group))).kind, 'done');
      assert.deepEqual(membersOf(scim.groups.get('g')), ['by-hand', 'id-p', 'id-q']);
    });
  }
});
