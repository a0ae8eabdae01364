import assert from 'node:assert/strict';
import type { JsonObject } from '../../core/plugin.ts';
import {
  editOperations,
  ForeignScim,
  groupOf,
  groupOperation,
  type Manner,
  membersOf,
  operationsOf,
  SIGNAL,
} from '../../test/contract/foreign-scim.ts';
import { failure } from './simulator-directory.ts';

/** What services say of members, and do with them: by public reports of others. */
describe('a service of SCIM that says one thing of members and does another', () => {
  const scim = new ForeignScim();
  afterEach(() => scim.stop());

  const isFiltered = ({ path }: JsonObject) => String(path).includes('[');

  const references = Object.fromEntries(
    ['p', 'q', 'r', 's'].map((key) => [`User/${key}`, `id-${key}`]),
  );
  const hold = (id: string, ...members: readonly string[]) =>
    scim.put(id, groupOf(id, members), 'Groups');
  const change = (id: string, before: readonly string[], members: readonly string[]) =>
    scim.one(
      groupOperation('update', id, members, {
        ...{ previous: groupOf(id, before), remoteId: id, references },
      }),
    );
  const held = (id: string) => membersOf(scim.groups.get(id));
  const WAYS: Readonly<Record<string, Manner>> = {
    'takes nobody out by a filter': ({ method, body }, usual) => {
      if (method === 'PATCH') editOperations(body, (all) => all.filter((one) => !isFiltered(one)));
      return usual();
    },
    'takes everybody out by a filter': ({ method, path, body }, usual) => {
      if (method !== 'PATCH' || !operationsOf(body).some(isFiltered)) return usual();
      hold(path.split('/')[1] ?? '');
      return { status: 204, body: null };
    },
    'sets a list to which is to be added': ({ method, body }, usual) => {
      const setting = (one: JsonObject) => (one['op'] === 'add' ? { ...one, op: 'replace' } : one);
      if (method === 'PATCH') editOperations(body, (all) => all.map(setting));
      return usual();
    },
  };
  for (const [what, manner] of Object.entries(WAYS)) {
    it(`is found out where it ${what}: all are set at once, with those whom others put in`, async () => {
      await scim.serve(manner);
      for (const id of ['g', 'h']) hold(id, 'id-p', 'id-q', 'by-hand');
      for (const id of ['g', 'h']) {
        assert.equal((await change(id, ['p', 'q'], ['p', 'r'])).kind, 'done');
        assert.deepEqual(held(id), ['by-hand', 'id-p', 'id-r']);
      }
      await scim.serve(manner, {}, { memberChunk: 2 });
      await scim.one(groupOperation('create', 'g', ['p', 'q', 'r', 's']));
      const [made] = scim.groups.values();
      assert.deepEqual(membersOf(made), ['id-p', 'id-q', 'id-r', 'id-s']);
    });
  }

  it('is told of what stays as it was, whatever it says', async () => {
    await scim.serve(({ method }, usual) =>
      method === 'PATCH' ? { status: 204, body: null } : usual(),
    );
    hold('g', 'id-p', 'id-q');
    const outcome = await change('g', ['p', 'q'], ['p']);
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.failure.code, 'NOT_TAKEN');
  });

  it('is looked at once for each way, and not at all where it shows no members', async () => {
    for (const [manner, most] of [
      [(_request, usual) => usual(), 2 * 2],
      [
        (_request, usual) => {
          const { body, ...answer } = usual();
          return { ...answer, body: body === null ? null : { ...Object(body), members: [] } };
        },
        2 * 5,
      ],
    ] as readonly (readonly [Manner, number])[]) {
      await scim.serve(manner, { etag: false });
      const ids = Array.from({ length: 20 }, (_, at) => `g${at}`);
      for (const id of ids) hold(id, 'id-p', 'id-q');
      for (const id of ids) assert.equal((await change(id, ['p', 'q'], ['q', 'r'])).kind, 'done');
      const looks = scim.requests.filter(({ method, path }) => {
        return method === 'GET' && path.startsWith('Groups/');
      });
      assert.ok(looks.length <= most, `${looks.length} looks`);
      assert.deepEqual(held('g19'), ['id-q', 'id-r']);
    }
  });

  it('says of a group that it is not there where a member is not: who was put in by hand stays', async () => {
    await scim.serve(({ method, body }, usual) => {
      const names = method === 'PATCH' ? JSON.stringify(body) : '';
      return names.includes('id-r') ? { status: 404, body: failure(404, 'id-r') } : usual();
    });
    hold('g', 'id-p', 'by-hand');
    await change('g', ['p'], ['p', 'r']);
    assert.deepEqual(held('g'), ['by-hand', 'id-p', 'id-r']);
  });

  it('writes their ids in other letters than it gave them: nobody is doubled, or stays', async () => {
    const [one, two] = [
      '0f8fad5b-d9cb-469f-a165-70867728950e',
      '7c9e6679-7425-40de-944b-e07fc1f90ae7',
    ];
    for (const filtered of [true, false]) {
      await scim.serve(({ method, path, body }, usual) => {
        // A UUID is the same to it in any letters, and it shows capitals.
        const isOdd = method === 'PATCH' && path.startsWith('Groups');
        if (isOdd) editOperations(body, (all) => JSON.parse(JSON.stringify(all).toLowerCase()));
        if (isOdd && !filtered) editOperations(body, (all) => all.filter((it) => !isFiltered(it)));
        const answer = usual();
        if (!path.startsWith('Groups')) return answer;
        const capital = (_id: string, value: string) => `"value":"${value.toUpperCase()}"`;
        const text = JSON.stringify(answer.body ?? null).replaceAll(/"value":"([^"]+)"/g, capital);
        return { ...answer, body: JSON.parse(text) };
      });
      hold('g', one ?? '', two ?? '', 'by-hand');
      const known = { 'User/p': one ?? '', 'User/q': two ?? '' };
      const change = groupOperation('update', 'g', ['p'], {
        ...{ previous: groupOf('g', ['p', 'q']), remoteId: 'g', references: known },
      });
      assert.equal((await scim.one(change)).kind, 'done');
      const left = held('g')
        .map((id) => id.toLowerCase())
        .sort();
      assert.deepEqual(left, [one, 'by-hand']);
    }
  });

  it('names them by their addresses alone: they are known by where those end', async () => {
    await scim.serve(({ path }, usual) => {
      const answer = usual();
      if (!path.startsWith('Groups')) return answer;
      const text = JSON.stringify(answer.body ?? null);
      const named = text.replaceAll(/"value":"([^"]+)"/g, '"$ref":"../Users/$1","display":"Kim"');
      return { ...answer, body: JSON.parse(named) };
    });
    hold('g', 'id-p', 'id-q');
    const [found] = await Array.fromAsync(scim.sink.readBack?.('Group', SIGNAL) ?? []);
    assert.deepEqual(membersOf(Object(found?.object)), ['id-p', 'id-q']);
  });

  it('shows them of one group and not in the list: both are read, and only where it is so', async () => {
    const shownOf = async (manner: Manner) => {
      await scim.serve(manner, { pageSize: 100 });
      for (const id of ['empty', 'g', 'h']) hold(id, ...(id === 'empty' ? [] : [`id-${id}`]));
      const found = await Array.fromAsync(scim.sink.readBack?.('Group', SIGNAL) ?? []);
      const alone = scim.requests.filter(({ path }) => path.startsWith('Groups/')).length;
      return [found.flatMap(({ object }) => membersOf(Object(object))), alone];
    };
    const hides: Manner = ({ path }, usual) => {
      const { body, ...answer } = usual();
      if (path !== 'Groups') return { ...answer, body };
      const all: JsonObject[] = Object(body).Resources ?? [];
      return { ...answer, body: { ...Object(body), Resources: all.map(withoutMembers) } };
    };
    assert.deepEqual(await shownOf(hides), [['id-g', 'id-h'], 3]);
    assert.deepEqual(await shownOf((_request, usual) => usual()), [['id-g', 'id-h'], 1]);
  });
});

function withoutMembers({ members: _members, ...shown }: JsonObject): JsonObject {
  return shown;
}
