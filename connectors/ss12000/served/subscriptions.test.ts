import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import type { Json, JsonObject } from '../../../core/plugin.ts';
import { HeldObjects, testContext } from '../../../test/contract/testing.ts';
import { Subscriptions } from './subscriptions.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const TARGET = 'https://vendor.example/news';

describe('who has subscribed', () => {
  let now: number;
  let status: number | null;
  let calls: { readonly url: string; readonly body: string }[];
  let held: HeldObjects;
  let kept: Json;
  let subscriptions: Subscriptions;

  beforeEach(async () => {
    now = Date.parse('2026-09-01T03:00:00Z');
    status = 204;
    calls = [];
    kept = null;
    held = new HeldObjects(() => now);
    subscriptions = opened(['vendor.example']);
    const { status: made } = await subscribe({});
    assert.equal(made, 201);
    now += MINUTE;
  });

  function opened(hosts: readonly string[]): Subscriptions {
    const call = async (url: unknown, init?: RequestInit) => {
      calls.push({ url: String(url), body: String(init?.body) });
      if (status === null) throw new Error('nobody there');
      return new Response(null, { status });
    };
    const keeping = {
      read: async () => kept,
      change: async (make: (before: Json) => Json) => {
        kept = make(kept);
      },
    };
    const world = { ...testContext(tmpdir()), now: () => now, objects: held, kept: keeping };
    // SAFETY: nothing else of fetch is used.
    return new Subscriptions({ ...world, fetch: call as typeof fetch }, hosts);
  }

  const subscribe = (change: JsonObject) => {
    const body = { name: 'x', target: TARGET, resourceTypes: [{ resource: 'Group' }], ...change };
    return subscriptions.answer({ method: 'POST', path: ['subscriptions'], body });
  };
  const tell = () => subscriptions.tell(new AbortController().signal);

  it('hears of its own lists, once, and nothing of what they hold', async () => {
    held.put('persons', 'p1', { givenName: 'Kim' });
    await tell();
    assert.deepEqual(calls, []);
    held.put('groups', 'g1', { displayName: '7A' });
    await tell();
    await tell();
    const body = '{"modifiedEntites":["Group"],"deletedEntities":false}';
    assert.deepEqual(calls, [{ url: TARGET, body }]);
  });

  it('is called four times, later and later, and again for the next change', async () => {
    held.put('groups', 'g1', {});
    for (const answer of [500, 302, null, 404]) {
      status = answer;
      await tell();
      await tell();
      now += 10 * MINUTE;
    }
    assert.equal(calls.length, 4, 'each a while after the one before');
    await tell();
    assert.equal(calls.length, 4, 'and then no more');
    held.remove('groups', 'g1', false);
    status = 204;
    await tell();
    assert.equal(calls.at(-1)?.body, '{"modifiedEntites":[],"deletedEntities":true}');
  });

  it('is forgotten after 90 days, unless it is renewed', async () => {
    const all = async () => {
      const path = ['subscriptions'];
      const { body } = await subscriptions.answer({ method: 'GET', path, body: null });
      return Object(body).data as readonly JsonObject[];
    };
    now += 80 * DAY;
    const [one] = await all();
    const path = ['subscriptions', String(one?.['id'])];
    await subscriptions.answer({ method: 'PATCH', path, body: null });
    now += 80 * DAY;
    assert.equal((await all()).length, 1);
    now += 11 * DAY;
    assert.deepEqual(await all(), []);
    held.put('groups', 'g1', {});
    await tell();
    assert.deepEqual(calls, []);
  });

  it('is called nowhere but where the city lets it, also when that is taken away', async () => {
    const elsewhere = [
      'http://vendor.example/x',
      'https://vendor.example:8443/x',
      'https://10.0.0.1/x',
    ];
    const odd = [
      'file:///etc/passwd',
      'https://a:b@vendor.example/',
      'https://vendor.example.evil/',
      17,
    ];
    for (const target of [...elsewhere, ...odd]) {
      await assert.rejects(subscribe({ target }), /target/, String(target));
    }
    for (const resourceTypes of [[], null, [{ resource: 'Everything' }]]) {
      await assert.rejects(subscribe({ resourceTypes }), /resourceTypes/);
    }
    subscriptions = opened([]);
    held.put('groups', 'g1', {});
    await tell();
    assert.deepEqual(calls, []);
  });
});
