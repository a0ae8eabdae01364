import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../core/plugin.ts';
import {
  ForeignScim,
  groupOf,
  groupOperation,
  membersOf,
  operation,
} from '../../test/contract/foreign-scim.ts';
import { scimUser } from '../../test/contract/scim-sink.ts';
import { failure } from './simulator-directory.ts';

describe('a change at SCIM services as others write them', () => {
  const scim = new ForeignScim();
  afterEach(() => scim.stop());

  describe('what an answer shows that was not taken', () => {
    it('is members: they are added afterwards', async () => {
      await scim.serve(({ method, body }, usual) => {
        if (method !== 'POST') return usual();
        body['members'] === undefined || Object.assign(body, { members: [] });
        return usual();
      });
      assert.equal((await scim.one(groupOperation('create', 'g', ['p', 'q']))).kind, 'done');
      assert.deepEqual(membersOf([...scim.groups.values()][0]), ['id-p', 'id-q']);
    });

    for (const [what, edit] of [
      ['a member', (shown: JsonObject) => ({ ...shown, members: [{ value: 'id-p' }] })],
      ['that nobody may log in', (shown: JsonObject) => ({ ...shown, active: true })],
      [
        'a name',
        (shown: JsonObject) => ({ ...shown, name: { familyName: 'Ek', givenName: 'Kim1' } }),
      ],
    ] as const) {
      it(`is ${what}: that is a failure that names the attribute`, async () => {
        await scim.serve(({ method }, usual) => {
          if (method !== 'PATCH') return usual();
          // Of members it is looked at besides what an answer shows.
          if (what !== 'a member') usual();
          return { status: 200, body: edit({ id: 'u' }) };
        });
        scim.put('u', {});
        const before =
          what === 'a member' ? groupOf('g', ['p']) : { ...scimUser('a', 1), active: true };
        if (what === 'a member') scim.put('u', groupOf('g', ['id-p']), 'Groups');
        else scim.put('u', before);
        const changed =
          what === 'a member'
            ? groupOperation('update', 'g', ['p', 'q'], { previous: before, remoteId: 'u' })
            : operation(
                'update',
                { ...scimUser('a', 2), active: false },
                { previous: before, remoteId: 'u' },
              );
        assert.match(
          (await scim.refusal(changed)).message,
          /did not take this of the (Group: members|User: (active|name))$/,
        );
      });
    }

    it('is nothing where it has another form, or is not shown at all', async () => {
      await scim.serve((_request, usual) => {
        const answer = usual();
        const { userName, members: _members, ...shown } = Object(answer.body);
        return answer.status === 201
          ? {
              ...answer,
              body: { ...shown, userName: String(userName).toUpperCase(), members: null },
            }
          : answer;
      });
      assert.equal((await scim.one(operation('create', scimUser('a', 1)))).kind, 'done');
      assert.equal((await scim.one(groupOperation('create', 'g', ['p']))).kind, 'done');
    });
  });

  describe('what others keep there', () => {
    const others = {
      ...{ roles: [{ value: 'librarian' }], phoneNumbers: [{ value: '+46700000000' }] },
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { employeeNumber: '4711' },
    };
    for (const patch of [true, false]) {
      it(`stays, ${patch ? 'with' : 'without'} PATCH, when an account is taken over or was left in doubt`, async () => {
        await scim.serve(undefined, { patch });
        const name = { givenName: 'Old', familyName: 'Ek', middleName: 'Lo' };
        scim.put('u', { ...scimUser('a', 1), name, ...others, nickName: 'Kimmie' });
        const { active: _active, ...wanted } = scimUser('a', 2);
        assert.equal((await scim.one(operation('create', wanted))).kind, 'already');
        const held = scim.users.get('u');
        const { name: after, active, ...rest } = held ?? { id: '', version: 0 };
        assert.deepEqual(after, { givenName: 'Kim2', familyName: 'Ek', middleName: 'Lo' });
        assert.equal(active, undefined, 'it is ours, and this one has none');
        assert.deepEqual({ ...rest, ...others, nickName: 'Kimmie' }, rest);
        await scim.one(operation('update', scimUser('a', 3), { remoteId: 'u' }));
        assert.deepEqual({ ...scim.users.get('u'), ...others }, scim.users.get('u'));
        const writes = scim.requests.filter(({ method }) => method === 'PUT' || method === 'PATCH');
        assert.ok(writes.every(({ ifMatch }) => ifMatch !== null));
      });
    }

    for (const status of [404, 405, 501]) {
      it(`stays where a resource is not shown alone (${status}), and is made anew where it is gone`, async () => {
        await scim.serve(({ method, path }, usual) =>
          method === 'GET' && path.includes('/')
            ? { status, body: failure(status, 'no') }
            : usual(),
        );
        scim.put('u', { ...scimUser('a', 1), ...others });
        const known = { remoteId: 'u' };
        assert.equal((await scim.one(operation('update', scimUser('a', 2), known))).kind, 'done');
        assert.deepEqual({ ...scim.users.get('u'), ...others }, scim.users.get('u'));
        assert.equal(Object(scim.users.get('u')?.['name']).givenName, 'Kim2');
        assert.ok(scim.requests.every(({ method }) => method !== 'PUT'));
        scim.users.clear();
        assert.equal((await scim.one(operation('update', scimUser('a', 2), known))).kind, 'done');
        assert.equal(scim.users.size, 1);
      });
    }

    it('stays where PATCH is promised and then refused', async () => {
      await scim.serve(({ method }, usual) =>
        method === 'PATCH' ? { status: 501, body: failure(501, 'no') } : usual(),
      );
      scim.put('u', { ...scimUser('a', 1), ...others });
      const known = { previous: scimUser('a', 1), remoteId: 'u' };
      assert.equal((await scim.one(operation('update', scimUser('a', 2), known))).kind, 'done');
      assert.deepEqual({ ...scim.users.get('u'), ...others }, scim.users.get('u'));
      assert.equal(Object(scim.users.get('u')?.['name']).givenName, 'Kim2');
    });
  });

  const EGIL = 'urn:scim:schemas:extension:sis:school:1.0:User';

  it('names the parts of an extension that change, never the extension alone', async () => {
    await scim.serve();
    const pupil = (year: number) => ({
      ...scimUser('a', 1),
      [EGIL]: { enrolments: [{ value: 's', schoolYear: year }], securityMarking: false },
    });
    scim.put('u', { ...pupil(7), [EGIL]: { ...pupil(7)[EGIL], civicNo: 'kept by others' } });
    const references = { 'SchoolUnit/s': 's' };
    const known = { previous: pupil(7), remoteId: 'u', references };
    assert.equal((await scim.one(operation('update', pupil(8), known))).kind, 'done');
    const held = Object(scim.users.get('u')?.[EGIL]);
    assert.deepEqual([held.enrolments[0].schoolYear, held.civicNo], [8, 'kept by others']);
  });

  for (const says of [true, false]) {
    it(`tells the version to whom demands it, of a deletion too${says ? '' : ', whatever the service says of itself'}`, async () => {
      await scim.serve(({ method, path, ifMatch }, usual) => {
        const isBare = ifMatch === null && ['PATCH', 'PUT', 'DELETE'].includes(method);
        if (isBare) return { status: 428, body: failure(428, 'If-Match is required') };
        const answer = usual();
        const own = { ...Object(answer.body), etag: { supported: says } };
        return path === 'ServiceProviderConfig' ? { ...answer, body: own } : answer;
      });
      scim.put('u', scimUser('a', 1));
      const known = { previous: scimUser('a', 1), remoteId: 'u' };
      assert.equal((await scim.one(operation('update', scimUser('a', 2), known))).kind, 'done');
      assert.equal(Object(scim.users.get('u')?.['name']).givenName, 'Kim2');
      const gone = { ...operation('update', scimUser('a', 2), known), object: null };
      assert.equal((await scim.one({ ...gone, action: 'delete' })).kind, 'done');
      assert.equal(scim.users.size, 0);
    });
  }

  for (const tells of [true, false]) {
    it(`sends no more members at once than the binding allows, each piece for the version that the last one made${tells ? '' : ', which it asks for'}`, async () => {
      await scim.serve(
        ({ method }, usual) => {
          const { etag, ...answer } = usual();
          return method === 'GET' || tells
            ? { ...answer, ...(etag === undefined ? {} : { etag }) }
            : answer;
        },
        {},
        { memberChunk: 2 },
      );
      const made = await scim.one(groupOperation('create', 'g', ['a', 'b', 'c', 'd', 'e']));
      assert.ok(made.kind === 'done');
      const id = made.remoteId ?? '';
      assert.equal(membersOf(scim.groups.get(id)).length, 5);
      const wanted = ['v', 'w', 'x', 'y', 'z'];
      const references = Object.fromEntries(
        [...wanted, 'a', 'b', 'c', 'd', 'e'].map((value) => [`User/${value}`, `id-${value}`]),
      );
      const known = { previous: groupOf('g', ['a', 'b', 'c', 'd', 'e']), remoteId: id, references };
      assert.equal((await scim.one(groupOperation('update', 'g', wanted, known))).kind, 'done');
      assert.deepEqual(
        membersOf(scim.groups.get(id)),
        wanted.map((value) => `id-${value}`),
      );
      for (const { body } of scim.requests) {
        const { Operations: operations = [body] } = Object(body);
        assert.ok(operations.length <= 2);
        const lists = operations.map(({ value, members }: JsonObject) => value ?? members);
        assert.ok(lists.every((list: Json) => !Array.isArray(list) || list.length <= 2));
      }
    });
  }

  it('sets the members as a whole where it is not known which there are', async () => {
    await scim.serve((_request, usual) => {
      const answer = usual();
      const shown = Object(answer.body);
      return 'members' in shown ? { ...answer, body: { ...shown, members: [] } } : answer;
    });
    scim.put('g', groupOf('g', []), 'Groups');
    scim.groups.set('g', {
      ...scim.groups.get('g'),
      id: 'g',
      version: 1,
      members: [{ value: 'id-gone' }],
    });
    await scim.one(groupOperation('update', 'g', ['p'], { remoteId: 'g' }));
    assert.deepEqual(membersOf(scim.groups.get('g')), ['id-p']);
  });
});
