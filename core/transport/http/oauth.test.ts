import assert from 'node:assert/strict';
import { clientCredentials } from './oauth.ts';
import { sharedPaces } from './rate-budget.ts';

/** A provider of tokens, by what a token service answers each time. */
function providing(...answers: readonly object[]) {
  const asked: string[] = [];
  const clock = { now: 0 };
  const provide = clientCredentials({
    fetch: async (_url, init) => {
      asked.push(String(init?.body));
      return Response.json(answers[Math.min(asked.length, answers.length) - 1] ?? {});
    },
    ...{ now: () => clock.now, sleep: async () => {}, paceOf: sharedPaces() },
    ...{ tokenUrl: 'https://login.example/token', clientId: 'hub', clientSecret: 's' },
  });
  return { asked, clock, provide };
}

describe('a token service', () => {
  it('that gives tokens for a short time is not asked for one before each request', async () => {
    const { asked, clock, provide } = providing({ access_token: 't', expires_in: 20 });
    await provide();
    clock.now = 9_000;
    await provide();
    assert.equal(asked.length, 1);
    clock.now = 11_000;
    await provide();
    assert.equal(asked.length, 2);
  });

  it('that refuses with status 200 is asked the other way, and then holds the target', async () => {
    const refused = { error: 'invalid_client' };
    const second = providing(refused, { access_token: 't' });
    assert.deepEqual(await second.provide(), { authorization: 'Bearer t' });
    const none = providing(refused);
    await assert.rejects(none.provide(), { code: 'CREDENTIALS', recovery: 'hold' });
    assert.deepEqual(
      none.asked.map((form) => form.includes('client_secret')),
      [true, false],
    );
  });
});
