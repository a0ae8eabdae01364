import assert from 'node:assert/strict';
import { type JsonObject, type JsonService, RefusedFailure } from '../../core/plugin.ts';
import { Batches, type Part } from './batch.ts';
import { valuesIn } from './odata.ts';

describe('a batch of requests to Microsoft Graph', () => {
  const batches = (post: (body: JsonObject) => object) => {
    // SAFETY: nothing else of a service is asked.
    const http = {
      post: async (_path: string, body: JsonObject) => {
        return { status: 200, body: {}, id: null, failure: null, detail: '', ...post(body) };
      },
    } as unknown as JsonService;
    const pace = { take: async () => undefined, pause: () => undefined };
    return new Batches(http, pace, async () => undefined);
  };
  const send = (responses: readonly JsonObject[], method: Part['method'] = 'GET') =>
    batches(() => ({ body: { responses } })).send({ method, path: '/users/a' });
  const part = { id: '0', status: 200, body: { id: 'a' } };

  it('reads over what is no header of any answer', async () => {
    const headers = { 'a name': 'x', 'retry-after': 'a\u0000b', odd: 'Åsa', location: '/teams/1' };
    const { id, location, failure } = await send([{ ...part, headers }]);
    assert.deepEqual([id, location, failure], ['a', '/teams/1', null]);
  });

  it('is not believed where it does not speak of all that was asked', async () => {
    for (const responses of [[], [{ ...part, id: '1' }], [{ ...part, status: '200' }]]) {
      await assert.rejects(send(responses), { code: 'TARGET_ANSWER_UNREADABLE' });
    }
  });

  it('has no success in a part that says inside that it is none, or is of a part only', async () => {
    const error = { code: 'Forbidden', message: 'an administrator' };
    const refused = await send([{ ...part, body: { error } }], 'PATCH');
    assert.deepEqual(
      [refused.failure?.code, refused.detail],
      ['TARGET_REFUSED', 'Forbidden: an administrator'],
    );
    const { failure: partly } = await send([{ ...part, status: 207 }], 'PATCH');
    assert.equal(partly?.code, 'TARGET_ANSWER_UNREADABLE');
    const look = await send([{ ...part, body: { status: 'failed', error } }]);
    assert.equal(look.failure, null, 'what was begun is shown with its error');
  });

  it('goes in halves where it is refused as a whole: one part spoils no other', async () => {
    const failure = new RefusedFailure('TARGET_REFUSED', 'POST /$batch: the target answers 400.');
    const told: JsonObject[] = [];
    const all = batches((body) => {
      const requests: readonly JsonObject[] = Object(body['requests']);
      if (requests.some(({ url }) => url === '/groups/bad')) return { status: 400, failure };
      told.push(...requests);
      return { body: { responses: requests.map(({ id = '' }) => ({ ...part, id })) } };
    });
    const names = ['a', 'b', 'bad', 'c', 'd'];
    const answers = await Promise.allSettled(
      names.map((name) => all.send({ method: 'DELETE', path: `/groups/${name}` })),
    );
    const isDone = answers.map(({ status }) => status === 'fulfilled');
    assert.deepEqual(isDone, [true, true, false, true, true]);
    assert.equal(told.length, 4, 'nothing is told twice');
  });

  it('finds nothing in a look-up that holds no list, but a failure', () => {
    assert.deepEqual([valuesIn(null), valuesIn({ value: [] })], [[], []]);
    for (const body of [{ error: { code: 'x' } }, { value: null }, {}, 'none']) {
      assert.throws(() => valuesIn(body), { code: 'TARGET_ANSWER_UNREADABLE' });
    }
  });
});
