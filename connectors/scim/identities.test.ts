import assert from 'node:assert/strict';
import {
  ForeignScim,
  groupOperation,
  type Manner,
  operation,
} from '../../test/contract/foreign-scim.ts';
import { scimUser } from '../../test/contract/scim-sink.ts';
import { type Answer, failure } from './simulator-directory.ts';

describe('a resource of a SCIM service as others write them', () => {
  const scim = new ForeignScim();
  afterEach(() => scim.stop());

  describe('whose account it is', () => {
    it('is not told by a user name: an account that the hub did not make stays as it is, and both are named', async () => {
      await scim.serve();
      scim.put('made-by-hand', { userName: 'a@skola.example', title: 'head teacher' });
      const before = JSON.stringify([...scim.users]);
      const { code, message, hint } = await scim.refusal(operation('create', scimUser('a', 1)));
      assert.equal(code, 'KEY_TAKEN');
      assert.match(message, /made-by-hand.*userName of a\b/);
      assert.match(hint, /adopt/);
      assert.equal(JSON.stringify([...scim.users]), before);
    });

    it('is not told by a display name of a user or a group', async () => {
      const unique: Manner = ({ method, path, body }, usual) => {
        const all = [...scim.of(path).values()];
        const isTaken = all.some((held) => held['displayName'] === body['displayName']);
        return method === 'POST' && isTaken
          ? { status: 409, body: failure(409, 'taken', 'uniqueness') }
          : usual();
      };
      await scim.serve(unique);
      scim.put('other', { displayName: '7A' }, 'Groups');
      scim.put('somebody', { userName: 'else@skola.example', displayName: 'Kim Ek' });
      const { code, message } = await scim.refusal(groupOperation('create', 'g', ['p']));
      assert.equal(code, 'KEY_TAKEN');
      assert.match(message, /Group other .*displayName of g\b/);
      await scim.refusal(operation('create', { ...scimUser('a', 1), displayName: 'Kim Ek' }));
      assert.equal(scim.groups.get('other')?.['members'], undefined);
      assert.equal(scim.users.get('somebody')?.['userName'], 'else@skola.example');
    });

    it('is told by the user name where the binding says so, but not of what carries another id', async () => {
      await scim.serve(undefined, {}, { lookup: 'userName' });
      scim.put('without', { userName: 'a@skola.example' });
      scim.put('of-another', { userName: 'b@skola.example', externalId: 'x' });
      const taken = await scim.one(operation('create', scimUser('a', 1)));
      assert.deepEqual([taken.kind, scim.users.get('without')?.['externalId']], ['already', 'a']);
      assert.equal((await scim.refusal(operation('create', scimUser('b', 1)))).code, 'KEY_TAKEN');
      assert.equal(scim.users.get('of-another')?.['externalId'], 'x');
    });

    it('is known of an account that was made anew by hand under the name that it had from us', async () => {
      await scim.serve();
      scim.put('anew', { userName: 'a@skola.example' });
      const gone = { remoteId: 'gone', previous: scimUser('a', 1) };
      const outcome = await scim.one(operation('update', scimUser('a', 2), gone));
      assert.ok(outcome.kind === 'already');
      assert.equal(outcome.remoteId, 'anew');
    });

    for (const [what, filtered] of [
      ['everything', () => [...scim.users.values()]],
      ['somebody else', () => [...scim.users.values()].slice(0, 1)],
    ] as const) {
      it(`is not concluded from a filter that answers with ${what}`, async () => {
        await scim.serve(({ method, query }, usual) => {
          const isFiltered = method === 'GET' && query.has('filter') && scim.users.size > 0;
          if (!isFiltered) return usual();
          const found = filtered();
          return { status: 200, body: { totalResults: found.length, Resources: found } };
        });
        scim.put('other', { userName: 'x@skola.example', externalId: 'x' });
        const [a, b] = await scim.apply(
          operation('create', scimUser('a', 1)),
          operation('create', scimUser('b', 1)),
        );
        assert.deepEqual([a?.kind, b?.kind], ['done', 'done']);
        assert.equal(scim.users.get('other')?.['userName'], 'x@skola.example');
        assert.deepEqual(
          [...scim.users.values()].map(({ externalId }) => externalId),
          ['x', 'a', 'b'],
        );
      });
    }
  });

  describe('what was made, and not said so', () => {
    const bare = ({ body, ...rest }: Answer): Answer => {
      const { id: _id, ...others } = Object(body);
      return { ...rest, body: others };
    };

    it('is found by its Location where the answer is empty', async () => {
      await scim.serve((_request, usual) => {
        const answer = usual();
        return answer.status === 201 ? { ...answer, body: null } : answer;
      });
      const outcome = await scim.one(operation('create', scimUser('a', 1)));
      assert.ok(outcome.kind === 'done');
      assert.equal(outcome.remoteId, [...scim.users.keys()][0]);
    });

    it('is found by a look-up where the answer has neither', async () => {
      await scim.serve((_request, usual) => {
        const { location: _location, ...answer } = usual();
        return answer.status === 201 ? bare(answer) : answer;
      });
      const outcome = await scim.one(operation('create', scimUser('a', 1)));
      assert.ok(outcome.kind === 'done');
      assert.equal(outcome.remoteId, [...scim.users.keys()][0]);
    });

    it('is our key where the service takes that for its id: it is asked once', async () => {
      await scim.serve(
        ({ method, path, body }, usual) => {
          if (method !== 'POST') return usual();
          const id = String(body['externalId']);
          scim.put(id, body, path);
          return { status: 201, body };
        },
        { filter: false },
      );
      const outcomes = await scim.apply(
        operation('create', scimUser('a', 1)),
        operation('create', scimUser('b', 1)),
      );
      assert.deepEqual(
        outcomes.map((made) => made.kind === 'done' && made.remoteId),
        ['a', 'b'],
      );
      assert.equal(
        scim.requests.filter(({ method, path }) => method === 'GET' && path.startsWith('Users/'))
          .length,
        1,
      );
    });

    for (const lookup of ['externalId', 'userName', 'none', 'list'] as const) {
      for (const filter of [true, false]) {
        it(`is not made twice: lookup ${lookup}, ${filter ? 'with' : 'without'} a filter`, async () => {
          const lost = new Set<string>();
          await scim.serve(
            ({ method, path }, usual) => {
              const answer = usual();
              const isLost = method === 'POST' && !lost.has(path);
              lost.add(method === 'POST' ? path : '');
              return isLost ? { status: 500, body: failure(500, 'Broken') } : answer;
            },
            { filter },
            { lookup },
          );
          for (const given of [
            operation('create', scimUser('a', 1)),
            groupOperation('create', 'g', ['p']),
          ]) {
            assert.equal((await scim.refusal(given)).recovery, 'retry');
            assert.notEqual((await scim.one(given)).kind, 'failed');
          }
          assert.deepEqual([scim.users.size, scim.groups.size], [1, 1]);
        });
      }
    }

    it('counts as refused where a status of 200 carries an error', async () => {
      await scim.serve(({ method }, usual) =>
        method === 'PATCH'
          ? { status: 200, body: failure(400, 'not understood', 'invalidValue') }
          : usual(),
      );
      scim.put('u', scimUser('a', 1));
      const changed = operation('update', scimUser('a', 2), {
        previous: scimUser('a', 1),
        remoteId: 'u',
      });
      const { code, message } = await scim.refusal(changed);
      assert.deepEqual(
        [code, /invalidValue: not understood/.test(message)],
        ['TARGET_REFUSED', true],
      );
    });
  });
});
