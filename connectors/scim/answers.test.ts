import assert from 'node:assert/strict';
import { ForeignScim, type Manner, operation, SIGNAL } from '../../test/contract/foreign-scim.ts';
import { scimUser } from '../../test/contract/scim-sink.ts';
import { failure } from './simulator-directory.ts';

describe('an answer of SCIM services as others write them', () => {
  const scim = new ForeignScim();
  afterEach(() => scim.stop());

  describe('lists', () => {
    for (const [what, empty] of [
      ['null', null],
      ['missing', undefined],
      ['empty', []],
    ] as const) {
      it(`without resources are the same: ${what}`, async () => {
        await scim.serve(({ method, query }, usual) =>
          method === 'GET' && query.has('filter')
            ? { status: 200, body: { totalResults: 0, Resources: empty } }
            : usual(),
        );
        assert.equal((await scim.one(operation('create', scimUser('a', 1)))).kind, 'done');
      });
    }

    it('are read once where more than a few are made, and not one by one', async () => {
      await scim.serve(undefined, { pageSize: 100 });
      for (let at = 0; at < 250; at++)
        scim.put(`o${at}`, { userName: `o${at}@skola.example`, externalId: `o${at}` });
      for (let at = 0; at < 30; at++) scim.put(`p${at}`, scimUser(`p${at}`, 1));
      const batches = Array.from({ length: 10 }, (_, batch) =>
        Array.from({ length: 8 }, (_, at) =>
          operation('create', scimUser(`p${batch * 8 + at}`, 1)),
        ),
      );
      const outcomes = (await Promise.all(batches.map((batch) => scim.apply(...batch)))).flat();
      assert.deepEqual(
        outcomes.map(({ kind }) => kind),
        [...Array(30).fill('already'), ...Array(50).fill('done')],
      );
      assert.equal(scim.users.size, 330);
      const lists = scim.requests.filter(
        ({ method, path }) => method === 'GET' && path === 'Users',
      );
      assert.ok(lists.length < 30, `${lists.length} look-ups`);
    });

    it('that are longer than all that is made are not read for it', async () => {
      await scim.serve();
      for (let at = 0; at < 3000; at++)
        scim.put(`o${at}`, { userName: `o${at}@skola.example`, externalId: `o${at}` });
      for (let at = 0; at < 20; at++) await scim.one(operation('create', scimUser(`p${at}`, 1)));
      const whole = scim.requests
        .filter(({ method, path }) => method === 'GET' && path === 'Users')
        .filter(({ query }) => !query.has('filter'));
      assert.ok(whole.length <= 2, 'its first page says how long it is');
    });

    it('in one answer of more than ten megabytes are read as they come', async () => {
      const all = Array.from({ length: 30_000 }, (_, at) => ({
        id: `u${at}`,
        externalId: `u${at}`,
        displayName: 'x'.repeat(400),
      }));
      await scim.serve(({ method, path }, usual) =>
        method === 'GET' && path === 'Users'
          ? { status: 200, body: { totalResults: all.length, Resources: all } }
          : usual(),
      );
      let read = 0;
      for await (const { key } of scim.sink.readBack?.('User', SIGNAL) ?? [])
        read += key === null ? 0 : 1;
      assert.equal(read, all.length);
    });

    it('without an order are asked for on one page, for drift and for a look-up', async () => {
      await scim.serve(
        ({ method, path, query }, usual) => {
          if (method !== 'GET' || path !== 'Users') return usual();
          const all = [...scim.users.values()];
          const [from, count] = [Number(query.get('startIndex')) - 1, Number(query.get('count'))];
          // Each page is one of another order.
          const ordered = from % 200 === 0 ? all : all.toReversed();
          const page = ordered.slice(from, from + count);
          const shown = { totalResults: all.length, startIndex: from + 1, Resources: page };
          return { status: 200, body: JSON.parse(JSON.stringify(shown)) };
        },
        {},
        { lookup: 'list' },
      );
      for (let at = 0; at < 130; at++) scim.put(`u${at}`, scimUser(`u${at}`, 1));
      const read: (string | null)[] = [];
      for await (const { key } of scim.sink.readBack?.('User', SIGNAL) ?? []) read.push(key);
      assert.deepEqual([read.length, new Set(read).size], [130, 130]);
      assert.equal((await scim.one(operation('create', scimUser('u77', 1)))).kind, 'already');
    });

    it('that are refused by a filter are told in the service’s words, with the option that helps', async () => {
      const manner: Manner = ({ query }, usual) =>
        /externalId/.test(query.get('filter') ?? '')
          ? { status: 400, body: failure(400, 'no externalId here', 'invalidFilter') }
          : usual();
      await scim.serve(manner);
      const { message, hint } = await scim.refusal(operation('create', scimUser('a', 1)));
      assert.match(message, /by externalId: .*invalidFilter: no externalId here/);
      assert.match(hint, /lookup: userName.*lookup: list/);
      await scim.serve(manner, {}, { lookup: 'list' });
      assert.equal((await scim.one(operation('create', scimUser('a', 1)))).kind, 'done');
    });
  });

  describe('a refusal with 403', () => {
    const forbidden = { status: 403, body: failure(403, 'this one is not yours') };
    const known = (key: string) =>
      operation('update', scimUser(key, 2), { previous: scimUser(key, 1), remoteId: key });

    it('of one resource is that one’s, and the others go on', async () => {
      await scim.serve(({ method, path }, usual) =>
        method === 'PATCH' && path === 'Users/a' ? forbidden : usual(),
      );
      for (const key of ['a', 'b']) scim.put(key, scimUser(key, 1));
      const [a, b] = await scim.apply(known('a'), known('b'));
      assert.ok(a?.kind === 'failed');
      assert.deepEqual([a.failure.code, b?.kind], ['TARGET_REFUSED', 'done']);
      assert.match(a.failure.message, /this one is not yours/);
    });

    it('of whatever is asked holds the target', async () => {
      await scim.serve(({ path }, usual) => (path.startsWith('Users') ? forbidden : usual()), {
        etag: false,
      });
      await assert.rejects(scim.apply(known('a')), { code: 'CREDENTIALS' });
    });

    it('of everything that is written holds the target after a few', async () => {
      await scim.serve(({ method }, usual) => (method === 'GET' ? usual() : forbidden));
      const keys = ['a', 'b', 'c', 'd', 'e'];
      for (const key of keys) scim.put(key, scimUser(key, 1));
      await assert.rejects(scim.apply(...keys.map(known)), { code: 'CREDENTIALS' });
    });
  });
});
