import assert from 'node:assert/strict';
import type { Json, JsonObject } from '../../core/plugin.ts';
import {
  ForeignScim,
  groupOf,
  groupOperation,
  type Manner,
  membersOf,
  operation,
  operationsOf,
} from '../../test/contract/foreign-scim.ts';
import { scimUser } from '../../test/contract/scim-sink.ts';
import type { Answer } from './simulator-directory.ts';
import { failure } from './simulator-directory.ts';

describe('an answer that is not as the standard has it', () => {
  const scim = new ForeignScim();
  afterEach(() => scim.stop());

  const create = (key: string) => operation('create', scimUser(key, 1));
  const known = (key: string, remoteId = key) =>
    operation('update', scimUser(key, 2), { previous: scimUser(key, 1), remoteId });
  const gone = (key: string) => ({ ...known(key), action: 'delete' as const, object: null });
  const nameOf = (id: string) => Object(scim.users.get(id)?.['name']).givenName;
  const codeOf = async (given: ReturnType<typeof known>) => (await scim.refusal(given)).code;
  /** Another answer to one method, in place of what the service would do. */
  const instead =
    (of: string, answer: Answer): Manner =>
    ({ method }, usual) =>
      method === of ? answer : usual();
  const rewritten = ({ body, ...answer }: Answer, edit: (shown: JsonObject) => JsonObject) => ({
    ...answer,
    body: body === undefined ? undefined : edit(Object(body)),
  });

  it('410 is as 404: nothing to delete, and what is wanted is made anew', async () => {
    await scim.serve(({ method, path }, usual) =>
      path === 'Users/a' && method !== 'POST' ? { status: 410, body: {} } : usual(),
    );
    assert.equal((await scim.one(gone('a'))).kind, 'already');
    const made = await scim.one(known('a'));
    assert.ok(made.kind === 'done' && made.remoteId !== undefined);
    assert.equal(scim.users.size, 1);
  });

  it('404 to a deletion of what carries our key under another id: that goes', async () => {
    await scim.serve();
    scim.put('anew', scimUser('a', 1));
    scim.put('other', { userName: 'b@skola.example' });
    const outcome = await scim.one({ ...gone('a'), remoteId: 'before' });
    assert.deepEqual([outcome.kind, [...scim.users.keys()]], ['done', ['other']]);
  });

  it('404 to a PATCH of what it shows means that it has none: it is put', async () => {
    await scim.serve(instead('PATCH', { status: 404, body: {} }));
    scim.put('a', scimUser('a', 1));
    assert.notEqual((await scim.one(known('a'))).kind, 'failed');
    assert.equal(nameOf('a'), 'Kim2');
  });

  for (const status of [404, 204]) {
    it(`${status} to a filter is nobody, where the list itself is there`, async () => {
      await scim.serve(({ method, query }, usual) =>
        method === 'GET' && query.has('filter') ? { status, body: undefined } : usual(),
      );
      assert.equal((await scim.one(create('a'))).kind, 'done');
      await scim.serve(({ method, path }, usual) =>
        method === 'GET' && path === 'Users' ? { status, body: undefined } : usual(),
      );
      assert.equal((await scim.one(create('a'))).kind, 'failed');
      assert.equal(scim.users.size, 0);
    });
  }

  it('200 with an error of another form is a refusal, by the status that it names', async () => {
    for (const [body, code] of [
      [{ error: { code: 'x', message: 'no such school' } }, 'TARGET_REFUSED'],
      [{ success: false }, 'TARGET_REFUSED'],
      [{ status: 503, message: 'later' }, 'TARGET_BUSY'],
    ] as const) {
      await scim.serve(instead('PATCH', { status: 200, body }));
      scim.put('a', scimUser('a', 1));
      assert.equal(await codeOf(known('a')), code);
    }
  });

  it('409 is about a name, unless its type or the request is about something else', async () => {
    const words = 'this one is still a member';
    for (const [given, scimType, said] of [
      [known('a'), 'uniqueness', 'KEY_TAKEN'],
      [known('a'), 'mutability', 'TARGET_REFUSED'],
      [gone('a'), '', 'TARGET_REFUSED'],
    ] as const) {
      await scim.serve(({ method }, usual) =>
        method === 'GET' ? usual() : { status: 409, body: failure(409, words, scimType) },
      );
      scim.put('a', scimUser('a', 1));
      const { code, message } = await scim.refusal(given);
      assert.equal(code, said);
      assert.ok(message.endsWith(words), message);
    }
  });

  it('412 for ever is tried again, and 428 without a version to tell is said', async () => {
    for (const [status, recovery] of [
      [412, 'retry'],
      [428, 'dead-letter'],
    ] as const) {
      await scim.serve(instead('PATCH', { status, body: {} }));
      scim.put('a', scimUser('a', 1));
      assert.equal((await scim.refusal(known('a'))).recovery, recovery);
    }
  });

  it('428 without a version is told that any will do', async () => {
    await scim.serve(
      ({ method, ifMatch }, usual) => {
        if (method !== 'GET' && ifMatch !== '*') return { status: 428, body: {} };
        const { etag: _version, ...answer } = usual();
        const { meta: _meta, ...body } = Object(answer.body);
        return method === 'GET' && answer.status === 200 ? { ...answer, body } : answer;
      },
      { etag: false },
    );
    scim.put('a', scimUser('a', 1));
    assert.equal((await scim.one(known('a'))).kind, 'done');
    assert.equal(nameOf('a'), 'Kim2');
    assert.equal((await scim.one(gone('a'))).kind, 'done');
  });

  describe('of members', () => {
    const before = groupOf('g', ['p', 'q']);
    const references = { 'User/p': 'id-p', 'User/q': 'id-q', 'User/r': 'id-r' };
    const change = (members: readonly string[]) =>
      groupOperation('update', 'g', members, {
        ...{ previous: before, remoteId: 'g' },
        references,
      });
    const held = () => membersOf(scim.groups.get('g'));
    const hold = (...ids: readonly string[]) =>
      scim.put('g', { ...before, members: ids.map((value) => ({ value })) }, 'Groups');

    it('who is there already, or not there any more, is no reason to leave the rest', async () => {
      await scim.serve(({ method, body }, usual) => {
        if (method !== 'PATCH') return usual();
        const ids = held();
        const isOdd = operationsOf(body).some(({ op, path, value }) => {
          const named = /"([^"]+)"/.exec(String(path))?.[1] ?? '';
          if (op === 'remove') return !ids.includes(named);
          return Array.isArray(value) && value.some((one: Json) => ids.includes(Object(one).value));
        });
        return isOdd ? { status: 400, body: failure(400, 'no', 'noTarget') } : usual();
      });
      // Somebody has put r in by hand, and taken q out.
      hold('id-p', 'id-r', 'by-hand');
      assert.equal((await scim.one(change(['p', 'r']))).kind, 'done');
      assert.deepEqual(held(), ['by-hand', 'id-p', 'id-r']);
    });

    it('go in and out by PUT where the service knows no paths, and whom others put in stays', async () => {
      await scim.serve(({ method, body }, usual) =>
        operationsOf(body).some(({ path }) => String(path).includes('['))
          ? { status: 400, body: failure(400, `no ${method} of that`, 'invalidPath') }
          : usual(),
      );
      hold('id-p', 'id-q', 'by-hand');
      assert.equal((await scim.one(change(['p', 'r']))).kind, 'done');
      assert.deepEqual(held(), ['by-hand', 'id-p', 'id-r']);
    });

    it('are refused, and nothing is put, where the service says so with a status of success', async () => {
      const methods: string[] = [];
      await scim.serve(({ method }, usual) => {
        methods.push(method);
        const said = failure(400, 'not understood', 'invalidPath');
        return method === 'PATCH' ? { status: 200, body: said } : usual();
      });
      hold('id-p', 'id-q');
      assert.equal((await scim.one(change(['p', 'r']))).kind, 'failed');
      assert.ok(!methods.includes('PUT'));
      assert.deepEqual(held(), ['id-p', 'id-q']);
    });

    it('whom somebody puts in by hand at the same moment stays', async () => {
      let isFirst = true;
      await scim.serve(({ method }, usual) => {
        if (method !== 'PATCH' || !isFirst) return usual();
        isFirst = false;
        hold('id-p', 'id-q', 'by-hand');
        return { status: 412, body: {} };
      });
      hold('id-p', 'id-q');
      assert.equal((await scim.one(change(['p', 'r']))).kind, 'done');
      assert.deepEqual(held(), ['by-hand', 'id-p', 'id-r']);
    });

    it('as many go at once as it takes: 413 makes them fewer', async () => {
      const sizeOf = ({ members, Operations: operations = [] }: JsonObject) =>
        Math.max(
          ...[members, ...Object(operations).map(({ value }: JsonObject) => value)].map((list) =>
            Array.isArray(list) ? list.length : 0,
          ),
        );
      await scim.serve(({ method, body }, usual) =>
        method !== 'GET' && sizeOf(body) > 3 ? { status: 413, body: {} } : usual(),
      );
      const keys = Array.from({ length: 13 }, (_, at) => `p${at}`);
      assert.equal((await scim.one(groupOperation('create', 'g', keys))).kind, 'done');
      const [made] = [...scim.groups.values()];
      assert.equal(membersOf(made).length, 13);
      scim.groups.clear();
      hold();
      const ids = Object.fromEntries(keys.map((key) => [`User/${key}`, `id-${key}`]));
      const own = { previous: groupOf('g', []), remoteId: 'g', references: ids };
      assert.equal((await scim.one(groupOperation('update', 'g', keys, own))).kind, 'done');
      assert.equal(held().length, 13);
    });
  });

  describe('of ids and numbers', () => {
    it('are numbers where texts should be, and texts where numbers should be', async () => {
      await scim.serve((_request, usual) =>
        rewritten(usual(), ({ totalResults: total, startIndex: start, ...shown }) => ({
          ...shown,
          ...(shown['id'] === undefined ? {} : { id: 17 }),
          ...(total === undefined ? {} : { totalResults: String(total), startIndex: 0 }),
          ...(start === undefined ? {} : { Resources: [{ ...scimUser('z', 1), id: 18 }].slice(1) }),
        })),
      );
      const made = await scim.one(create('a'));
      assert.deepEqual([made.kind, Object(made).remoteId], ['done', '17']);
    });

    it('are never those that a number cannot tell exactly', async () => {
      await scim.serve((_request, usual) =>
        rewritten(usual(), (shown) =>
          shown['id'] === undefined ? shown : { ...shown, id: 2 ** 60 },
        ),
      );
      assert.equal(await codeOf(create('a')), 'TARGET_ANSWER_UNREADABLE');
    });

    it('are new with a new name: what refers to it is to be told', async () => {
      for (const [shown, said] of [
        [{ id: 'new', ...scimUser('a', 2) }, 'new'],
        [{ id: 'A' }, undefined],
        [{ id: 'another' }, 'TARGET_ANSWER_UNREADABLE'],
        [{ id: 'another', externalId: 'b' }, 'TARGET_ANSWER_UNREADABLE'],
      ] as const) {
        await scim.serve(instead('PATCH', { status: 200, body: shown }));
        scim.put('a', scimUser('a', 1));
        const outcome = await scim.one(known('a'));
        const told = outcome.kind === 'failed' ? outcome.failure.code : outcome.remoteId;
        assert.equal(told, said, JSON.stringify(shown));
      }
    });

    it('are not those of what another has just made', async () => {
      await scim.serve(({ method }, usual) =>
        method === 'POST' ? { ...usual(), body: { id: 'same' } } : usual(),
      );
      assert.equal((await scim.one(create('a'))).kind, 'done');
      assert.equal(await codeOf(create('b')), 'TARGET_ANSWER_UNREADABLE');
    });
  });
});
