import assert from 'node:assert/strict';
import {
  type Answer,
  AnsweringService,
  failureOf,
  say,
} from '../../../test/contract/answering-service.ts';
import { HeldFailure } from '../../failure/failure.ts';
import type { Paging } from './json-pages.ts';
import type { JsonService } from './json-service.ts';

describe('the answers of a JSON service', () => {
  let server: AnsweringService;

  beforeEach(() => {
    server = new AnsweringService(5000);
  });
  afterEach(() => server.stop());

  const serve = (answer: Answer) => server.serve(answer);

  it('takes no success for one that refuses inside, or that is of a part only', async () => {
    for (const [status, body, code] of [
      [200, { error: { code: 'x', message: 'no such class' } }, 'TARGET_REFUSED'],
      [201, { success: false }, 'TARGET_REFUSED'],
      [200, { status: 503, title: 'Busy' }, 'TARGET_BUSY'],
      [207, { id: 1 }, 'TARGET_ANSWER_UNREADABLE'],
    ] as const) {
      const { failure: refusal, id } = await (await serve(say(status, body))).put('/x/1', {});
      assert.deepEqual([refusal?.code, id], [code, null]);
      await server.stop();
    }
    const held = { error: { status: 401, message: 'who are you?' } };
    assert.ok(
      (await failureOf((await serve(say(200, held))).put('/x/1', {}))) instanceof HeldFailure,
    );
  });

  it('reads over a byte order mark, and what is no UTF-8 as its headers say', async () => {
    const raw =
      (bytes: string | Uint8Array, type: string): Answer =>
      (_request, response) =>
        response.setHeader('content-type', type).end(bytes);
    for (const [bytes, type] of [
      ['\ufeff[{"name":"Åsa"}]', 'application/json'],
      [Buffer.from('[{"name":"Åsa"}]', 'latin1'), 'application/json; charset=ISO-8859-1'],
      ['[{"name":"Åsa"}]', 'application/json; charset=ISO-8859-1'],
    ] as const) {
      const service = await serve(raw(bytes, type));
      const pages = () => all(service, '/x', { style: 'link' });
      for (const one of await Promise.all([service.get('/x'), pages()]))
        assert.deepEqual(one, [{ name: 'Åsa' }]);
      await server.stop();
    }
  });

  it('tells one thing that is not ours to change as a value: it may be one alone', async () => {
    const service = await serve(say(403, { message: 'an administrator' }));
    const { failure: refusal, detail } = await service.put('/x/1', {});
    assert.deepEqual([refusal?.recovery, detail], ['hold', 'an administrator']);
    assert.ok((await failureOf(service.get('/x/1'))) instanceof HeldFailure);
  });
});

async function all(service: JsonService, path: string, paging: Paging = { style: 'page' }) {
  return (await Array.fromAsync(service.pages(path, paging))).flat();
}
