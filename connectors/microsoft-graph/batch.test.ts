import assert from 'node:assert/strict';
import type { JsonObject, JsonService } from '../../core/plugin.ts';
import { Batches } from './batch.ts';

describe('a batch of requests to Microsoft Graph', () => {
  const send = (responses: readonly JsonObject[]) => {
    const answer = { status: 200, body: { responses }, id: null, failure: null, detail: '' };
    // SAFETY: nothing else of a service is asked.
    const http = { post: async () => answer } as unknown as JsonService;
    const pace = { take: async () => undefined, pause: () => undefined };
    return new Batches(http, pace, async () => undefined).send({ method: 'GET', path: '/users/a' });
  };
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
});
